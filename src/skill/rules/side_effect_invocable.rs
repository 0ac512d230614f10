use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The name says that the skill deploys, publishes, sends or deletes something, and the model may start it by itself.
    ///
    /// `disable-model-invocation: true` leaves the start to the user. Names alone cannot tell what a skill does, so the rule is off
    /// by default; it looks at the verb a name begins with, such as `deploy-staging`, and not at `deploying-services`.
    ///
    /// ```markdown bad folder=deploy-staging
    /// ---
    /// name: deploy-staging
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good folder=deploy-staging
    /// ---
    /// name: deploy-staging
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// disable-model-invocation: true
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good folder=deploying-services
    /// ---
    /// name: deploying-services
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Claude Code documentation, "Control who invokes a skill", read 2026-08-22.
    "side-effect-invocable", Pedantic, "0.1.0", Skill, check
}

/// Verbs of deeds that are hard to undo.
const VERBS: &[&str] = &[
    "delete", "deploy", "destroy", "drop", "merge", "pay", "post", "publish", "purge", "push", "release",
    "rollback", "send", "ship", "submit", "wipe",
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let Some((name, span)) = page.text_field("name") else {
        return;
    };
    let verb = name.split('-').next().unwrap_or(name);
    let is_closed = page.field("disable-model-invocation").is_some();
    if VERBS.contains(&verb) && page.has_fields() && !is_closed {
        report
            .at(
                &page.source,
                span,
                format!("the model may {verb} without being asked to"),
            )
            .help("add `disable-model-invocation: true` if only the user should start it");
    }
}
