//! A durable queue in the configured database: what is enqueued is run at least once, and completed once.
//!
//! ```text
//! enqueue (in the caller's transaction) → delayed → ready → claim → running → finish → done
//!              schedule, tick by tick ↗        ↖ back-off ── failed ↙    ↘ dead ── retry → ready
//! ```
//!
//! A claim gives a job to one worker for the time of a lease, which its heartbeat extends, with a token that no earlier or later
//! claim has. Only who shows the token of the present claim completes the job, so a worker that was thought dead and wakes up
//! changes nothing. Its side effects it may have had: handlers have to bear being run twice.
//!
//! Both engines behave alike. On PostgreSQL claims pass each other by with `SKIP LOCKED`, and `NOTIFY` wakes idle workers; on SQLite
//! there is one writer at a time, and workers look every half second. All times are the database's own.

pub mod backoff;
pub mod cron;
pub mod job;
pub mod mask;
mod connection;
pub mod schema;
mod statements;
pub mod queue;
pub mod schedule;
pub mod handler;
pub mod program;
pub mod plan;
pub mod work;
pub mod bench;

pub use connection::Connection;
