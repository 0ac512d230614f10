//! Our verdicts beside those of the readers they speak of, where these can be run.

mod skills_ref;
