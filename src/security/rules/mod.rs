//! Rules for any text of a skill or an agent. Adding one costs its file, a `mod` line and a slice line here.

use crate::lint::Rule;

use super::Text;

mod concealed_action;
mod concealed_from_user;
mod credentials_read_beside_network;
mod credentials_sent;
mod decoded_payload_run;
mod download_and_execute;
mod eval_of_variable;
mod financial_action;
mod hard_coded_secret;
mod hidden_instruction;
mod hidden_unicode_text;
mod installer_piped_to_shell;
mod instruction_override;
mod invisible_character;
mod opaque_url;
mod reverse_shell;
mod sensitive_path;
mod shell_call_with_variable;
mod system_service_change;
mod vendor_installer_piped_to_shell;

/// In the order of their names.
pub const RULES: &[Rule<Text>] = &[
    concealed_action::RULE,
    concealed_from_user::RULE,
    credentials_read_beside_network::RULE,
    credentials_sent::RULE,
    decoded_payload_run::RULE,
    download_and_execute::RULE,
    eval_of_variable::RULE,
    financial_action::RULE,
    hard_coded_secret::RULE,
    hidden_instruction::RULE,
    hidden_unicode_text::RULE,
    installer_piped_to_shell::RULE,
    instruction_override::RULE,
    invisible_character::RULE,
    opaque_url::RULE,
    reverse_shell::RULE,
    sensitive_path::RULE,
    shell_call_with_variable::RULE,
    system_service_change::RULE,
    vendor_installer_piped_to_shell::RULE,
];
