//! Rules for plugins, whether a manifest or an entry of a marketplace tells them. Adding one costs its file, a `mod` line and a
//! slice line here.

use crate::lint::Rule;
use crate::marketplace::plugin::Plugin;

mod plugin_channel_malformed;
mod plugin_command_malformed;
mod plugin_component_extension;
mod plugin_component_missing;
mod plugin_component_path;
mod plugin_components_misplaced;
mod plugin_default_folder_shadowed;
mod plugin_dependency_malformed;
mod plugin_description_missing;
mod plugin_experimental_field;
mod plugin_field_ignored;
mod plugin_field_type;
mod plugin_field_unknown;
mod plugin_hooks_listed_twice;
mod plugin_lsp_server_malformed;
mod plugin_mcp_server_malformed;
mod plugin_monitor_malformed;
mod plugin_name_characters;
mod plugin_name_missing;
mod plugin_name_not_kebab;
mod plugin_name_reserved;
mod plugin_placeholder_unbraced;
mod plugin_user_config_malformed;
mod plugin_version_not_semver;

pub use plugin_field_unknown::is_note;
pub use plugin_name_characters::is_identifier;

/// In the order of their names.
pub const RULES: &[Rule<Plugin>] = &[
    plugin_channel_malformed::RULE,
    plugin_command_malformed::RULE,
    plugin_component_extension::RULE,
    plugin_component_missing::RULE,
    plugin_component_path::RULE,
    plugin_components_misplaced::RULE,
    plugin_default_folder_shadowed::RULE,
    plugin_dependency_malformed::RULE,
    plugin_description_missing::RULE,
    plugin_experimental_field::RULE,
    plugin_field_ignored::RULE,
    plugin_field_type::RULE,
    plugin_field_unknown::RULE,
    plugin_hooks_listed_twice::RULE,
    plugin_lsp_server_malformed::RULE,
    plugin_mcp_server_malformed::RULE,
    plugin_monitor_malformed::RULE,
    plugin_name_characters::RULE,
    plugin_name_missing::RULE,
    plugin_name_not_kebab::RULE,
    plugin_name_reserved::RULE,
    plugin_placeholder_unbraced::RULE,
    plugin_user_config_malformed::RULE,
    plugin_version_not_semver::RULE,
];
