//! `db types`: the types of a live schema as source code.
//!
//! A column's type is first made out without regard to any language (`shape.rs`), then written by one file for each language. The
//! output depends on nothing but the schema and the options: no time, no host, no version.

mod python;
mod rust;
mod shape;
mod typescript;
mod words;

use super::schema::Schema;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    TypeScript,
    Rust,
    Python,
}

impl Language {
    /// `typescript`, `rust` or `python`.
    pub fn name(self) -> &'static str {
        match self {
            Self::TypeScript => "typescript",
            Self::Rust => "rust",
            Self::Python => "python",
        }
    }
}

/// Whose dates Rust gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dates {
    Chrono,
    Jiff,
    Text,
}

/// What the classes of Python are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Classes {
    Dataclass,
    Pydantic,
}

/// What can be chosen.
#[derive(Debug, Clone)]
pub struct Options {
    pub language: Language,
    pub dates: Dates,
    /// Rust: UUIDs and decimals as texts, so that no other crate is needed for them.
    pub plain: bool,
    /// Rust: derive what `sqlx` needs to read and bind.
    pub sqlx: bool,
    pub classes: Classes,
    /// The options of the command line that led here, for the first line.
    pub command_line: String,
}

/// What was written and how much it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    pub text: String,
    pub relations: usize,
    pub types: usize,
}

/// Writes the code of a schema.
pub fn write(schema: &Schema, options: &Options) -> Code {
    let text = match options.language {
        Language::TypeScript => typescript::write(schema, options),
        Language::Rust => rust::write(schema, options),
        Language::Python => python::write(schema, options),
    };
    Code {
        text,
        relations: schema.relations.len(),
        types: schema.types.iter().filter(|one| !one.is_of_extension).count(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::schema::{
        Column, Definition, Fill, ForeignKey, Name, NamedType, Relation, RelationKind, Schema, TypeName,
    };
    use super::*;
    use crate::store::Engine;

    fn column(name: &str, type_name: Name, comment: &str, allowed: &[String]) -> Column {
        Column {
            name: name.to_owned(),
            written: type_name.to_string(),
            type_name: TypeName {
                name: type_name,
                is_array: name.len().is_multiple_of(3),
            },
            is_not_null: name.len().is_multiple_of(2),
            default: None,
            fill: Fill::Default,
            comment: Some(comment.to_owned()),
            allowed: allowed.to_vec(),
        }
    }

    /// A schema in which every name, label and comment is one of these.
    fn schema(engine: Engine, names: &[String]) -> Schema {
        let mood = Name::new(&names[0], &names[1]);
        let base = |name: &str| Name::new("pg_catalog", name);
        let columns: Vec<Column> = names
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let of = [mood.clone(), base("text"), base("timestamptz"), base("numeric")];
                column(name, of[at % 4].clone(), &names[0], names)
            })
            .collect();
        let relations = names.iter().map(|name| Relation {
            name: Name::new(&names[0], name),
            kind: if name.len().is_multiple_of(4) {
                RelationKind::View
            } else {
                RelationKind::Table
            },
            partition_of: None,
            is_updatable: true,
            is_managed: false,
            has_row_security: false,
            comment: Some(names.concat()),
            columns: columns.clone(),
            primary_key: vec![names[0].clone()],
            unique_keys: Vec::new(),
            foreign_keys: vec![ForeignKey {
                name: names[1].clone(),
                columns: vec![names[0].clone()],
                target: Name::new(&names[0], &names[1]),
                target_columns: vec![names[0].clone()],
                on_delete: String::new(),
            }],
        });
        let mut relations: Vec<Relation> = relations.collect();
        relations.sort_by(|one, other| one.name.cmp(&other.name));
        Schema {
            engine,
            relations,
            types: vec![NamedType {
                name: mood,
                definition: Definition::Enum(names.to_vec()),
                is_of_extension: false,
                comment: Some(names[0].clone()),
            }],
            routines: Vec::new(),
        }
    }

    fn options(language: Language, sqlx: bool) -> Options {
        Options {
            language,
            dates: Dates::Chrono,
            plain: false,
            sqlx,
            classes: Classes::Pydantic,
            command_line: "--table '*/'".to_owned(),
        }
    }

    fn parses(schema: &Schema) {
        for sqlx in [false, true] {
            let code = write(schema, &options(Language::Rust, sqlx)).text;
            let parsed = syn::parse_file(&code);
            assert!(parsed.is_ok(), "{:?}\n{code}", parsed.err());
            for item in parsed.unwrap().items {
                let names: Vec<String> = match item {
                    syn::Item::Struct(item) => item
                        .fields
                        .iter()
                        .filter_map(|field| field.ident.as_ref().map(ToString::to_string))
                        .collect(),
                    syn::Item::Enum(item) => item.variants.iter().map(|one| one.ident.to_string()).collect(),
                    _ => Vec::new(),
                };
                let unique: std::collections::BTreeSet<&String> = names.iter().collect();
                assert_eq!(unique.len(), names.len(), "{names:?}");
            }
        }
        let code = write(schema, &options(Language::TypeScript, false)).text;
        let allocator = oxc_allocator::Allocator::default();
        let parsed = oxc_parser::Parser::new(&allocator, &code, oxc_span::SourceType::ts()).parse();
        assert!(
            !parsed.panicked && parsed.diagnostics.is_empty(),
            "{:?}\n{code}",
            parsed.diagnostics
        );
        let code = write(schema, &options(Language::Python, false)).text;
        assert!(!code.contains('\r') && !code.contains('\0'));
    }

    #[test]
    fn names_that_languages_keep_for_themselves_are_taken() {
        let words = "type self Self super crate None class def String Vec Option __proto__ 2fa _ model_config json a-b a_b a.b";
        let mut names: Vec<String> = words.split(' ').map(str::to_owned).collect();
        names.extend([
            String::new(),
            "*/".to_owned(),
            "\"'\\".to_owned(),
            "\u{202e}x\ny".to_owned(),
            "🦀".to_owned(),
        ]);
        for engine in [Engine::Sqlite, Engine::Postgres] {
            parses(&schema(engine, &names));
        }
    }

    proptest! {
        #[test]
        fn any_names_give_code_that_parses(names in prop::collection::btree_set("(?s).{0,8}", 2..6)) {
            let names: Vec<String> = names.into_iter().collect();
            parses(&schema(Engine::Postgres, &names));
            parses(&schema(Engine::Sqlite, &names));
        }
    }
}
