use crate::lint::{Report, rule};
use crate::security::Text;
use crate::security::downloads::{Doubt, downloads};

rule! {
    /// The installer of a widely used tool is fetched from its vendor and run unseen.
    ///
    /// That is what its vendor tells people to do, so this is off unless asked for: in public skills such lines
    /// name well-known tools, and a warning at each would be noise. It is for those who allow no program that is not pinned.
    ///
    /// ````markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Install uv first:
    ///
    /// ```sh
    /// curl -LsSf https://astral.sh/uv/install.sh | sh
    /// ```
    /// ````
    ///
    /// ````markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Install uv first:
    ///
    /// ```sh
    /// pipx install uv==0.9.0
    /// ```
    /// ````
    ///
    /// Source: snyk agent-scan, issue codes, E005 and W012, read 2026-11.
    /// Codes: snyk W012.
    "vendor-installer-piped-to-shell", Pedantic, "0.1.0", Text, check
}

fn check(text: &Text, report: &mut Report<'_>) {
    for download in downloads(text) {
        if download.doubt == Doubt::Vendor {
            let message = format!(
                "a vendor's installer is fetched and run unseen{}",
                download.more()
            );
            report
                .at(&text.source, download.span, message)
                .help("name a package manager, or fetch a release and compare its digest");
        }
    }
}
