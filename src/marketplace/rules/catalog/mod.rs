//! Rules for the catalogue of a marketplace. Adding one costs its file, a `mod` line and a slice line here.

use crate::lint::Rule;
use crate::marketplace::catalog::Marketplace;

mod marketplace_dependency_unresolved;
mod marketplace_description_missing;
mod marketplace_duplicate_plugin;
mod marketplace_empty;
mod marketplace_field_type;
mod marketplace_field_unknown;
mod marketplace_headers_helper;
mod marketplace_headers_ignored;
mod marketplace_hooks_path;
mod marketplace_name_ambiguous;
mod marketplace_name_characters;
mod marketplace_name_missing;
mod marketplace_name_not_kebab;
mod marketplace_name_reserved;
mod marketplace_owner_missing;
mod marketplace_plugin_root;
mod marketplace_plugin_unlisted;
mod marketplace_plugins_missing;
mod marketplace_relevance_malformed;
mod marketplace_rename_unresolved;
mod marketplace_strict_conflict;
mod marketplace_version_differs;
mod source_archive;
mod source_command;
mod source_folder_missing;
mod source_github_repo;
mod source_malformed;
mod source_npm_package;
mod source_path;
mod source_ref_option;
mod source_sha;
mod source_subdir_path;
mod source_unpinned;
mod source_url_credentials;
mod source_url_insecure;
mod source_url_runs_program;
mod source_url_unusable;

/// In the order of their names.
pub const RULES: &[Rule<Marketplace>] = &[
    marketplace_dependency_unresolved::RULE,
    marketplace_description_missing::RULE,
    marketplace_duplicate_plugin::RULE,
    marketplace_empty::RULE,
    marketplace_field_type::RULE,
    marketplace_field_unknown::RULE,
    marketplace_headers_helper::RULE,
    marketplace_headers_ignored::RULE,
    marketplace_hooks_path::RULE,
    marketplace_name_ambiguous::RULE,
    marketplace_name_characters::RULE,
    marketplace_name_missing::RULE,
    marketplace_name_not_kebab::RULE,
    marketplace_name_reserved::RULE,
    marketplace_owner_missing::RULE,
    marketplace_plugin_root::RULE,
    marketplace_plugin_unlisted::RULE,
    marketplace_plugins_missing::RULE,
    marketplace_relevance_malformed::RULE,
    marketplace_rename_unresolved::RULE,
    marketplace_strict_conflict::RULE,
    marketplace_version_differs::RULE,
    source_archive::RULE,
    source_command::RULE,
    source_folder_missing::RULE,
    source_github_repo::RULE,
    source_malformed::RULE,
    source_npm_package::RULE,
    source_path::RULE,
    source_ref_option::RULE,
    source_sha::RULE,
    source_subdir_path::RULE,
    source_unpinned::RULE,
    source_url_credentials::RULE,
    source_url_insecure::RULE,
    source_url_runs_program::RULE,
    source_url_unusable::RULE,
];
