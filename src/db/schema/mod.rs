//! The live schema as values: tables and views with their columns and keys, named types, functions.
//!
//! Where `catalog` holds a text of everything, made for comparing, this holds what a program needs that writes types, draws, copies
//! or fills tables. It is read in a handful of queries however many tables there are. packwright's own tables and those in which
//! migration tools keep their histories are left out.

mod allowed;
mod read;
mod sqlite;

use globset::{GlobBuilder, GlobMatcher};

use crate::failure::{Failure, Result};
use crate::store::Engine;

pub use read::read;

/// The schema that tables of SQLite are said to be in.
pub const SQLITE_SCHEMA: &str = "main";

/// Everything that was read, each list ordered by schema and name.
#[derive(Debug, Clone)]
pub struct Schema {
    pub engine: Engine,
    pub relations: Vec<Relation>,
    pub types: Vec<NamedType>,
    pub routines: Vec<Routine>,
}

/// A name within a schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    pub schema: String,
    pub name: String,
}

impl Name {
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            schema: schema.into(),
            name: name.into(),
        }
    }
}

/// `app.users`
impl std::fmt::Display for Name {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.schema, self.name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationKind {
    Table,
    /// A table whose rows lie in its partitions.
    Partitioned,
    ForeignTable,
    /// A table of SQLite that a module serves.
    Virtual,
    View,
    MaterializedView,
}

/// A table or view.
#[derive(Debug, Clone)]
pub struct Relation {
    pub name: Name,
    pub kind: RelationKind,
    /// The table that this is a partition of.
    pub partition_of: Option<Name>,
    /// Whether rows can be inserted and updated, also through a view.
    pub is_updatable: bool,
    /// Whether it lies in a schema that the provider keeps for itself, as Supabase does with `auth`.
    pub is_managed: bool,
    /// Whether policies choose the rows that a role sees.
    pub has_row_security: bool,
    pub comment: Option<String>,
    pub columns: Vec<Column>,
    pub primary_key: Vec<String>,
    /// The columns of each unique key, the primary key not among them.
    pub unique_keys: Vec<Vec<String>>,
    pub foreign_keys: Vec<ForeignKey>,
}

impl Relation {
    pub fn is_view(&self) -> bool {
        matches!(self.kind, RelationKind::View | RelationKind::MaterializedView)
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether no two rows have the same values in these columns.
    pub fn is_unique(&self, columns: &[String]) -> bool {
        let same = |key: &[String]| {
            !key.is_empty() && key.len() == columns.len() && key.iter().all(|name| columns.contains(name))
        };
        same(&self.primary_key) || self.unique_keys.iter().any(|key| same(key))
    }
}

#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub type_name: TypeName,
    /// The type as the database writes it: `numeric(10,2)`.
    pub written: String,
    pub is_not_null: bool,
    /// The expression in the engine's words.
    pub default: Option<String>,
    pub fill: Fill,
    pub comment: Option<String>,
    /// The texts that a `CHECK (column IN (…))` allows; empty where there is no such check.
    pub allowed: Vec<String>,
}

/// Who gives a column its value where an insert does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// Its default, or nobody.
    Default,
    IdentityByDefault,
    IdentityAlways,
    /// Computed from other columns.
    Generated,
    /// `INTEGER PRIMARY KEY` of SQLite.
    RowId,
}

impl Column {
    /// Whether an insert may leave it out.
    pub fn is_optional(&self) -> bool {
        !self.is_not_null || self.default.is_some() || self.fill != Fill::Default
    }

    /// Whether an insert must leave it out.
    pub fn is_given(&self) -> bool {
        matches!(self.fill, Fill::IdentityAlways | Fill::Generated)
    }
}

/// A type, or an array of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeName {
    /// Schema and name as the catalog of PostgreSQL has them (`pg_catalog.int4`); for SQLite the declared type in capital letters
    /// without its length.
    pub name: Name,
    pub is_array: bool,
}

#[derive(Debug, Clone)]
pub struct ForeignKey {
    /// Name of the constraint; made up for SQLite, where it has none.
    pub name: String,
    pub columns: Vec<String>,
    pub target: Name,
    pub target_columns: Vec<String>,
    /// `cascade`, `set null`, `set default`, `restrict`, or empty.
    pub on_delete: String,
}

/// A type that somebody made.
#[derive(Debug, Clone)]
pub struct NamedType {
    pub name: Name,
    pub definition: Definition,
    /// Whether an extension brought it.
    pub is_of_extension: bool,
    pub comment: Option<String>,
}

#[derive(Debug, Clone)]
pub enum Definition {
    Enum(Vec<String>),
    Domain { below: TypeName, is_not_null: bool },
    Composite(Vec<Column>),
}

/// A function that can be called by name.
#[derive(Debug, Clone)]
pub struct Routine {
    pub name: Name,
    /// What goes in.
    pub arguments: Vec<Argument>,
    /// What comes out of `OUT`, `INOUT` and `TABLE` arguments.
    pub outputs: Vec<Argument>,
    pub returns: TypeName,
    pub returns_set: bool,
}

#[derive(Debug, Clone)]
pub struct Argument {
    /// Empty where it has none.
    pub name: String,
    pub type_name: TypeName,
    pub has_default: bool,
}

/// Which relations are meant.
#[derive(Debug)]
pub struct Selection {
    schemas: Vec<String>,
    tables: Vec<GlobMatcher>,
}

impl Selection {
    /// Every schema but those of the provider, unless some are named; every relation, unless globs on `name` or `schema.name` are.
    pub fn new(schemas: &[String], tables: &[String]) -> Result<Self> {
        let glob = |pattern: &String| {
            GlobBuilder::new(pattern)
                .literal_separator(false)
                .build()
                .map(|glob| glob.compile_matcher())
                .map_err(|error| {
                    Failure::user(format!("`--table {pattern}` is not a glob"))
                        .because(&error)
                        .hint("write a name, or `*` and `?` for any letters: `--table 'order_*'`")
                })
        };
        Ok(Self {
            schemas: schemas.to_vec(),
            tables: tables.iter().map(glob).collect::<Result<_>>()?,
        })
    }

    fn has_schema(&self, schema: &str, is_managed: bool) -> bool {
        if self.schemas.is_empty() {
            !is_managed
        } else {
            self.schemas.iter().any(|named| named == schema)
        }
    }

    fn has(&self, relation: &Relation) -> bool {
        let name = &relation.name;
        self.has_schema(&name.schema, relation.is_managed)
            && (self.tables.is_empty()
                || self
                    .tables
                    .iter()
                    .any(|glob| glob.is_match(&name.name) || glob.is_match(name.to_string())))
    }
}

impl Schema {
    pub fn relation(&self, name: &Name) -> Option<&Relation> {
        let at = self
            .relations
            .binary_search_by(|relation| relation.name.cmp(name));
        at.ok().map(|at| &self.relations[at])
    }

    pub fn named_type(&self, name: &Name) -> Option<&NamedType> {
        let at = self.types.binary_search_by(|one| one.name.cmp(name));
        at.ok().map(|at| &self.types[at])
    }

    /// What is selected, without partitions, whose rows are those of their table. Types stay, for columns of them may be selected.
    ///
    /// Fails where a schema or glob that was named selects nothing.
    pub fn select(&mut self, selection: &Selection) -> Result<()> {
        for schema in &selection.schemas {
            let mut all = self
                .relations
                .iter()
                .map(|relation| relation.name.schema.as_str());
            if !all.any(|name| name == schema) {
                let failure = Failure::user(format!("there is no table in the schema `{schema}`"));
                let known = self
                    .relations
                    .iter()
                    .map(|relation| relation.name.schema.as_str());
                return Err(match crate::text::nearest(schema, known) {
                    Some(near) => failure.hint(format!("did you mean `{near}`?")),
                    None => {
                        failure.hint("`--schema` names a schema of the database; leave it out to take all")
                    }
                });
            }
        }
        let known: Vec<String> = self.relations.iter().map(|one| one.name.name.clone()).collect();
        self.relations
            .retain(|relation| relation.partition_of.is_none() && selection.has(relation));
        if self.relations.is_empty()
            && let Some(glob) = selection.tables.first()
        {
            let pattern = glob.glob().glob();
            let failure = Failure::user(format!("no table or view is called `{pattern}`"));
            return Err(
                match crate::text::nearest(pattern, known.iter().map(String::as_str)) {
                    Some(near) => failure.hint(format!("did you mean `{near}`?")),
                    None => {
                        failure.hint("quote a glob so that the shell leaves it alone: `--table 'order_*'`")
                    }
                },
            );
        }
        let relations = &self.relations;
        let is_used = |name: &Name| {
            let mut columns = relations.iter().flat_map(|relation| &relation.columns);
            columns.any(|column| column.type_name.name == *name)
        };
        let schemas: Vec<&str> = relations.iter().map(|one| one.name.schema.as_str()).collect();
        let everything = selection.tables.is_empty();
        self.types.iter_mut().for_each(|one| {
            // A type of an extension counts only where it is used.
            one.is_of_extension = !is_used(&one.name)
                && (one.is_of_extension || !everything || !schemas.contains(&one.name.schema.as_str()));
        });
        self.routines
            .retain(|routine| everything && schemas.contains(&routine.name.schema.as_str()));
        Ok(())
    }

    fn sort(&mut self) {
        self.relations.sort_by(|one, other| one.name.cmp(&other.name));
        self.types.sort_by(|one, other| one.name.cmp(&other.name));
        self.routines.sort_by(|one, other| {
            (&one.name, one.arguments.len()).cmp(&(&other.name, other.arguments.len()))
        });
        for relation in &mut self.relations {
            relation.unique_keys.sort();
            relation
                .foreign_keys
                .sort_by(|one, other| (&one.columns, &one.name).cmp(&(&other.columns, &other.name)));
        }
    }
}
