//! The door: parse, run, exit code; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    packwright::cli::main()
}
