//! `lsp`: the language server, over stdin and stdout.

use crate::lsp::{self, Ending};

use super::{Context, Outcome};

/// `packwright lsp`
#[derive(Debug, clap::Args)]
pub struct Lsp {
    /// Speak over stdin and stdout, as is done anyway; some editors pass it.
    #[arg(long, hide = true)]
    stdio: bool,
}

/// Serves until the client leaves. A client that leaves without `shutdown` is exit code 1, as the protocol has it.
#[expect(
    clippy::disallowed_methods,
    reason = "the client speaks through stdin and stdout"
)]
pub fn run(_arguments: &Lsp, context: &Context) -> Outcome {
    let settings = context.config_file.as_ref();
    let settings = settings.map(|file| context.environment.folder.join(file));
    match lsp::serve(std::io::stdin(), std::io::stdout(), settings) {
        Ending::Orderly => Outcome::Clean,
        Ending::Abrupt => Outcome::Problems,
    }
}
