use crate::lint::{Report, rule};
use crate::marketplace::plugin::{HOOK_FILE, Plugin, Written, components};

rule! {
    /// `hooks` in a manifest names `./hooks/hooks.json`, which is loaded without it.
    ///
    /// Claude Code up to at least 2.1.220 takes the second mention for a duplicate: the plugin is shown as failed to load, and its hooks
    /// may not run. 2.1.329 loads it. Only further files of hooks belong in the field.
    ///
    /// ```json bad files=hooks/hooks.json
    /// { "name": "pdf-tools", "description": "Reads PDF files", "hooks": "./hooks/hooks.json" }
    /// ```
    ///
    /// ```json good files=hooks/hooks.json,hooks/more.json
    /// { "name": "pdf-tools", "description": "Reads PDF files", "hooks": "./hooks/more.json" }
    /// ```
    ///
    /// Source: error "Duplicate hooks file detected" of Claude Code 2.1.138 and 2.1.220, as told in Yeachan-Heo/oh-my-claudecode#3026
    /// and open-gsd/gsd-core#3029, read 2026-11; `claude plugin install` 2.1.329, run 2026-11.
    "plugin-hooks-listed-twice", Suspicious, "0.1.0", Plugin, check
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    if plugin.written != Written::Manifest {
        return;
    }
    for component in plugin.object().map(components).unwrap_or_default() {
        let parts = component
            .path
            .split('/')
            .filter(|part| !matches!(*part, "" | "."));
        if component.field.name == "hooks" && parts.eq(HOOK_FILE.split('/')) {
            report
                .at(
                    plugin.source(),
                    component.node.span,
                    format!("`{HOOK_FILE}` is loaded without being named"),
                )
                .help("remove it here; name further files of hooks only");
        }
    }
}
