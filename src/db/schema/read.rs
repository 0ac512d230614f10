//! Reading the schema from a live database.

use std::collections::{BTreeMap, HashMap};

use sqlx::{PgConnection, SqliteConnection};

use crate::document::sql::Dialect;
use crate::failure::Result;
use crate::store::{Database, Engine, Explain as _, Url};

use super::super::catalog::is_own;
use super::{
    Argument, Column, Definition, Fill, ForeignKey, Name, NamedType, Relation, RelationKind, Routine,
    SQLITE_SCHEMA, Schema, TypeName, allowed, sqlite,
};

const ASKING: &str = "could not be asked for its schema";

/// Reads everything. On PostgreSQL no transaction may be open.
pub async fn read(database: &mut Database, url: &Url) -> Result<Schema> {
    let mut schema = match database {
        Database::Sqlite(connection) => read_sqlite(connection, url).await?,
        Database::Postgres(connection) => {
            sqlx::raw_sql(include_str!("../catalog/sql/postgres/begin_look.sql"))
                .execute(&mut **connection)
                .await
                .explain(url, ASKING)?;
            let schema = read_postgres(connection, url).await;
            sqlx::raw_sql(include_str!("../catalog/sql/postgres/end_look.sql"))
                .execute(&mut **connection)
                .await
                .explain(url, ASKING)?;
            schema?
        }
    };
    schema.sort();
    Ok(schema)
}

type RelationRow = (
    i64,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    bool,
    bool,
    bool,
    Option<String>,
);
type ColumnRow = (
    i64,
    String,
    String,
    String,
    String,
    bool,
    bool,
    Option<String>,
    String,
    Option<String>,
);
type KeyRow = (
    i64,
    String,
    String,
    Vec<String>,
    Option<String>,
    Option<String>,
    Vec<String>,
    String,
    String,
);
type TypeRow = (
    String,
    String,
    String,
    Vec<String>,
    i64,
    String,
    String,
    bool,
    bool,
    bool,
    Option<String>,
);
type RoutineRow = (String, String, Vec<String>, Vec<String>, Vec<String>, i32, bool);

async fn read_postgres(connection: &mut PgConnection, url: &Url) -> Result<Schema> {
    macro_rules! rows {
        ($row:ty, $file:literal) => {
            sqlx::query_as::<_, $row>(include_str!(concat!("sql/postgres/", $file)))
                .fetch_all(&mut *connection)
                .await
                .explain(url, ASKING)?
        };
    }
    let relations = rows!(RelationRow, "relations.sql");
    let mut columns: HashMap<i64, Vec<Column>> = HashMap::new();
    for row in rows!(ColumnRow, "columns.sql") {
        columns.entry(row.0).or_default().push(column(row));
    }
    let mut keys: HashMap<i64, Vec<KeyRow>> = HashMap::new();
    for row in rows!(KeyRow, "keys.sql") {
        keys.entry(row.0).or_default().push(row);
    }
    let mut schema = Schema {
        engine: Engine::Postgres,
        relations: Vec::new(),
        types: rows!(TypeRow, "types.sql")
            .into_iter()
            .map(|row| named_type(row, &mut columns))
            .collect(),
        routines: rows!(RoutineRow, "routines.sql")
            .into_iter()
            .filter(|row| !is_own(&format!("function {}.{}", row.0, row.1)))
            .filter_map(routine)
            .collect(),
    };
    for row in relations {
        let oid = row.0;
        let columns = columns.remove(&oid).unwrap_or_default();
        let keys = keys.remove(&oid).unwrap_or_default();
        schema
            .relations
            .extend(relation(row, columns).map(|mut relation| {
                for key in keys {
                    add_key(&mut relation, key);
                }
                relation
            }));
    }
    Ok(schema)
}

fn relation(row: RelationRow, columns: Vec<Column>) -> Option<Relation> {
    let (_, schema, name, kind, parent_schema, parent, is_updatable, is_managed, has_row_security, comment) =
        row;
    if is_own(&format!("table {schema}.{name}")) {
        return None;
    }
    Some(Relation {
        kind: match kind.as_str() {
            "r" => RelationKind::Table,
            "p" => RelationKind::Partitioned,
            "f" => RelationKind::ForeignTable,
            "v" => RelationKind::View,
            "m" => RelationKind::MaterializedView,
            _ => return None,
        },
        name: Name::new(schema, name),
        partition_of: parent_schema
            .zip(parent)
            .map(|(schema, name)| Name::new(schema, name)),
        is_updatable,
        is_managed,
        has_row_security,
        comment,
        columns,
        primary_key: Vec::new(),
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
    })
}

fn column(row: ColumnRow) -> Column {
    let (_, name, written, type_schema, type_name, is_array, is_not_null, default, fill, comment) = row;
    let fill = match fill.as_str() {
        "a" => Fill::IdentityAlways,
        "d" => Fill::IdentityByDefault,
        "s" | "v" => Fill::Generated,
        _ => Fill::Default,
    };
    Column {
        name,
        type_name: TypeName {
            name: Name::new(type_schema, type_name),
            is_array,
        },
        written,
        is_not_null,
        default,
        fill,
        comment,
        allowed: Vec::new(),
    }
}

fn add_key(relation: &mut Relation, row: KeyRow) {
    let (_, name, kind, columns, schema, target, target_columns, on_delete, check) = row;
    match kind.as_str() {
        "p" => relation.primary_key = columns,
        "u" => relation.unique_keys.push(columns),
        "f" => relation.foreign_keys.push(ForeignKey {
            name,
            columns,
            target: Name::new(schema.unwrap_or_default(), target.unwrap_or_default()),
            target_columns,
            on_delete,
        }),
        _ => {
            let Some((name, values)) = allowed::of_text(&check, Dialect::Postgres) else {
                return;
            };
            if let Some(column) = relation.columns.iter_mut().find(|column| column.name == name) {
                allow(column, values);
            }
        }
    }
}

/// Several checks hold together.
fn allow(column: &mut Column, values: Vec<String>) {
    if column.allowed.is_empty() {
        column.allowed = values;
    } else {
        column.allowed.retain(|value| values.contains(value));
    }
}

fn named_type(row: TypeRow, columns: &mut HashMap<i64, Vec<Column>>) -> NamedType {
    let (
        schema,
        name,
        kind,
        labels,
        relation,
        below_schema,
        below,
        is_array,
        is_not_null,
        extension,
        comment,
    ) = row;
    NamedType {
        name: Name::new(schema, name),
        definition: match kind.as_str() {
            "e" => Definition::Enum(labels),
            "c" => Definition::Composite(columns.remove(&relation).unwrap_or_default()),
            _ => Definition::Domain {
                below: TypeName {
                    name: Name::new(below_schema, below),
                    is_array,
                },
                is_not_null,
            },
        },
        is_of_extension: extension,
        comment,
    }
}

fn routine(row: RoutineRow) -> Option<Routine> {
    let (schema, name, names, modes, types, defaults, returns_set) = row;
    let mut types: Vec<TypeName> = types
        .iter()
        .map(|text| {
            let (schema, name, is_array): (String, String, bool) = serde_json::from_str(text).ok()?;
            Some(TypeName {
                name: Name::new(schema, name),
                is_array,
            })
        })
        .collect::<Option<_>>()?;
    let returns = types.pop()?;
    let goes_in = |mode: &str| matches!(mode, "i" | "b" | "v");
    let count = modes.iter().filter(|mode| goes_in(mode)).count();
    // The last ones have the defaults.
    let first_default = count.saturating_sub(usize::try_from(defaults).unwrap_or_default());
    let mut arguments = Vec::new();
    let mut outputs = Vec::new();
    for ((name, mode), type_name) in names.into_iter().zip(&modes).zip(types) {
        let argument = Argument {
            name,
            type_name,
            has_default: goes_in(mode) && arguments.len() >= first_default,
        };
        if matches!(mode.as_str(), "o" | "b" | "t") {
            outputs.push(argument.clone());
        }
        if goes_in(mode) {
            arguments.push(argument);
        }
    }
    Some(Routine {
        name: Name::new(schema, name),
        arguments,
        outputs,
        returns,
        returns_set,
    })
}

/// Table, number, table referred to, column, column referred to, what happens on deletion.
type SqliteForeignRow = (String, i64, String, String, Option<String>, String);
/// Table, column, type, not null, default, place in the primary key, what `hidden` says.
type SqliteColumnRow = (String, String, String, bool, Option<String>, i64, i64);

/// What is said of a table of SQLite as a whole.
struct Told {
    without_rowid: bool,
    is_strict: bool,
    /// What checks allow, by column.
    texts: BTreeMap<String, Vec<String>>,
}

async fn read_sqlite(connection: &mut SqliteConnection, url: &Url) -> Result<Schema> {
    macro_rules! rows {
        ($row:ty, $file:literal) => {
            sqlx::query_as::<_, $row>(include_str!(concat!("sql/sqlite/", $file)))
                .fetch_all(&mut *connection)
                .await
                .explain(url, ASKING)?
        };
    }
    let mut relations: BTreeMap<String, Relation> = BTreeMap::new();
    let mut told: BTreeMap<String, Told> = BTreeMap::new();
    for (name, kind, without_rowid, is_strict, text) in
        rows!((String, String, bool, bool, String), "relations.sql")
    {
        if is_own(&format!("table {name}")) {
            continue;
        }
        let kind = match kind.as_str() {
            "view" => RelationKind::View,
            "virtual" => RelationKind::Virtual,
            _ => RelationKind::Table,
        };
        let texts = match kind {
            RelationKind::Table => sqlite::allowed_texts(&text),
            _ => BTreeMap::new(),
        };
        let says = Told {
            without_rowid,
            is_strict,
            texts,
        };
        told.insert(name.clone(), says);
        relations.insert(name.clone(), sqlite_relation(name, kind));
    }
    let mut keys: BTreeMap<String, Vec<(i64, String)>> = BTreeMap::new();
    for row in rows!(SqliteColumnRow, "columns.sql") {
        let (table, place) = (row.0.clone(), row.5);
        let (Some(relation), Some(told)) = (relations.get_mut(&table), told.get(&table)) else {
            continue;
        };
        let column = sqlite_column(row, &told.texts);
        if place > 0 {
            keys.entry(table).or_default().push((place, column.name.clone()));
        }
        relation.columns.push(column);
    }
    for (table, mut key) in keys {
        let (Some(relation), Some(told)) = (relations.get_mut(&table), told.get(&table)) else {
            continue;
        };
        key.sort();
        relation.primary_key = key.into_iter().map(|(_, name)| name).collect();
        finish_primary_key(relation, told.without_rowid, told.is_strict);
    }
    for row in rows!(SqliteForeignRow, "foreign_keys.sql") {
        if let Some(relation) = relations.get_mut(&row.0) {
            add_foreign_key(relation, row);
        }
    }
    let mut unique: BTreeMap<(String, String), Vec<Option<String>>> = BTreeMap::new();
    for (table, index, column) in rows!((String, String, Option<String>), "unique_keys.sql") {
        unique.entry((table, index)).or_default().push(column);
    }
    for ((table, _), columns) in unique {
        let columns: Option<Vec<String>> = columns.into_iter().collect();
        if let (Some(relation), Some(columns)) = (relations.get_mut(&table), columns) {
            relation.unique_keys.push(columns);
        }
    }
    Ok(Schema {
        engine: Engine::Sqlite,
        relations: resolve_targets(relations),
        types: Vec::new(),
        routines: Vec::new(),
    })
}

/// Rows of one key come one after the other, a column each.
fn add_foreign_key(relation: &mut Relation, row: SqliteForeignRow) {
    let (table, id, target, from, to, on_delete) = row;
    let name = format!("{table}_fk_{id}");
    if relation.foreign_keys.last().is_none_or(|last| last.name != name) {
        relation.foreign_keys.push(ForeignKey {
            name,
            columns: Vec::new(),
            target: Name::new(SQLITE_SCHEMA, target),
            target_columns: Vec::new(),
            on_delete: match on_delete.as_str() {
                "no action" => String::new(),
                _ => on_delete,
            },
        });
    }
    if let Some(key) = relation.foreign_keys.last_mut() {
        key.columns.push(from);
        key.target_columns.extend(to);
    }
}

fn sqlite_relation(name: String, kind: RelationKind) -> Relation {
    Relation {
        name: Name::new(SQLITE_SCHEMA, name),
        kind,
        partition_of: None,
        is_updatable: kind != RelationKind::View,
        is_managed: false,
        has_row_security: false,
        comment: None,
        columns: Vec::new(),
        primary_key: Vec::new(),
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
    }
}

fn sqlite_column(row: SqliteColumnRow, texts: &BTreeMap<String, Vec<String>>) -> Column {
    let (_, name, declared, is_not_null, default, _, hidden) = row;
    Column {
        allowed: texts.get(&name.to_lowercase()).cloned().unwrap_or_default(),
        type_name: TypeName {
            name: Name::new("", sqlite::bare_type(&declared)),
            is_array: false,
        },
        written: declared,
        is_not_null,
        default,
        fill: if hidden > 1 {
            Fill::Generated
        } else {
            Fill::Default
        },
        comment: None,
        name,
    }
}

/// `INTEGER PRIMARY KEY` is the row's own number. Otherwise SQLite lets NULL into a primary key, unless the table is strict or has
/// no row numbers (<https://www.sqlite.org/lang_createtable.html#the_primary_key>).
fn finish_primary_key(relation: &mut Relation, without_rowid: bool, is_strict: bool) {
    let is_single = relation.primary_key.len() == 1;
    for column in &mut relation.columns {
        if !relation.primary_key.contains(&column.name) {
            continue;
        }
        if is_single && !without_rowid && column.type_name.name.name == "INTEGER" {
            column.fill = Fill::RowId;
            column.is_not_null = true;
        }
        column.is_not_null |= without_rowid || is_strict;
    }
}

/// A foreign key of SQLite names its table in any case, and without columns it means the primary key.
fn resolve_targets(relations: BTreeMap<String, Relation>) -> Vec<Relation> {
    let known: HashMap<String, (String, Vec<String>)> = relations
        .values()
        .map(|relation| {
            let name = relation.name.name.clone();
            (name.to_lowercase(), (name, relation.primary_key.clone()))
        })
        .collect();
    let mut relations: Vec<Relation> = relations.into_values().collect();
    for key in relations
        .iter_mut()
        .flat_map(|relation| &mut relation.foreign_keys)
    {
        if let Some((name, primary_key)) = known.get(&key.target.name.to_lowercase()) {
            key.target.name.clone_from(name);
            if key.target_columns.is_empty() {
                key.target_columns.clone_from(primary_key);
            }
        }
    }
    relations
}
