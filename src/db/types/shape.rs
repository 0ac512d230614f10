//! What a column holds, without regard to a language.

use super::super::schema::{Column, Definition, Name, NamedType, Relation, Schema, TypeName};
use crate::store::Engine;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    Bool,
    Int16,
    Int32,
    Int64,
    Float32,
    Float64,
    /// A number with as many digits as it likes.
    Decimal,
    /// Declared as a decimal in SQLite, which keeps an integer or a float.
    Number,
    Text,
    Bytes,
    Uuid,
    Json,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    /// `vector` of pgvector.
    Vector,
    HalfVector,
    Interval,
    /// Known to print and read as text: `inet`, `tsvector`, ranges.
    Printed,
    /// SQLite: any of its storage classes.
    Any,
    /// Rows of no known type.
    Record,
    Void,
}

#[derive(Debug, Clone, Copy)]
pub enum Kind<'a> {
    Scalar(Scalar),
    Enum(&'a NamedType),
    Composite(&'a NamedType),
    /// A row of a table.
    Row(&'a Relation),
}

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub struct Shape<'a> {
    pub kind: Kind<'a>,
    pub is_array: bool,
    /// Whether a domain on the way says `NOT NULL`.
    pub is_not_null: bool,
}

/// The shape of a column and whether it may be NULL. What is read from a view may always be.
pub fn of_column<'a>(schema: &'a Schema, relation: &Relation, column: &Column) -> (Shape<'a>, bool) {
    let shape = of(schema, &column.type_name);
    let is_sure = column.is_not_null || shape.is_not_null;
    (shape, relation.is_view() || !is_sure)
}

/// The shape of a type; domains are followed to what is below them.
pub fn of<'a>(schema: &'a Schema, type_name: &TypeName) -> Shape<'a> {
    if schema.engine == Engine::Sqlite {
        return Shape {
            kind: Kind::Scalar(of_declared(&type_name.name.name)),
            is_array: false,
            is_not_null: false,
        };
    }
    let mut name = &type_name.name;
    let mut is_array = type_name.is_array;
    let mut not_null = false;
    // A domain cannot lie below itself, but a catalog that was read half is not to be trusted.
    for _ in 0..32 {
        let kind = match schema.named_type(name) {
            Some(one) => match &one.definition {
                Definition::Enum(_) => Kind::Enum(one),
                Definition::Composite(_) => Kind::Composite(one),
                Definition::Domain { below, is_not_null } => {
                    not_null |= *is_not_null && !is_array;
                    is_array |= below.is_array;
                    name = &below.name;
                    continue;
                }
            },
            None => match schema.relation(name) {
                Some(relation) => Kind::Row(relation),
                None => Kind::Scalar(of_base(name)),
            },
        };
        return Shape {
            kind,
            is_array,
            is_not_null: not_null,
        };
    }
    Shape {
        kind: Kind::Scalar(Scalar::Printed),
        is_array,
        is_not_null: not_null,
    }
}

fn of_base(name: &Name) -> Scalar {
    match name.name.as_str() {
        "bool" => Scalar::Bool,
        "int2" => Scalar::Int16,
        "int4" => Scalar::Int32,
        "int8" => Scalar::Int64,
        "float4" => Scalar::Float32,
        "float8" => Scalar::Float64,
        "numeric" => Scalar::Decimal,
        "text" | "varchar" | "bpchar" | "char" | "name" | "citext" | "xml" => Scalar::Text,
        "bytea" => Scalar::Bytes,
        "uuid" => Scalar::Uuid,
        "json" | "jsonb" => Scalar::Json,
        "date" => Scalar::Date,
        "time" => Scalar::Time,
        "timestamp" => Scalar::Timestamp,
        "timestamptz" => Scalar::TimestampTz,
        "interval" => Scalar::Interval,
        "vector" => Scalar::Vector,
        "halfvec" => Scalar::HalfVector,
        "record" => Scalar::Record,
        "void" => Scalar::Void,
        _ => Scalar::Printed,
    }
}

/// The affinity of a declared type (<https://www.sqlite.org/datatype3.html#determination_of_column_affinity>), and a few names on
/// whose meaning all agree.
fn of_declared(declared: &str) -> Scalar {
    let has = |part: &str| declared.contains(part);
    match declared {
        "BOOL" | "BOOLEAN" => return Scalar::Bool,
        "ANY" | "" => return Scalar::Any,
        "DATE" | "TIME" | "DATETIME" | "TIMESTAMP" | "JSON" | "UUID" => return Scalar::Text,
        _ => {}
    }
    if has("INT") {
        Scalar::Int64
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        Scalar::Text
    } else if has("BLOB") {
        Scalar::Bytes
    } else if has("REAL") || has("FLOA") || has("DOUB") {
        Scalar::Float64
    } else {
        Scalar::Number
    }
}

/// The texts that a column may hold, where a check says so and the column holds texts.
pub fn texts<'a>(shape: &Shape<'_>, column: &'a Column) -> Option<&'a [String]> {
    let is_text = matches!(shape.kind, Kind::Scalar(Scalar::Text)) && !shape.is_array;
    (is_text && !column.allowed.is_empty()).then_some(column.allowed.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_types_follow_the_rules_of_sqlite() {
        for (declared, scalar) in [
            ("INTEGER", Scalar::Int64),
            ("FLOATING POINT", Scalar::Int64),
            ("NATIVE CHARACTER", Scalar::Text),
            ("CHARINT", Scalar::Int64),
            ("BLOB", Scalar::Bytes),
            ("DOUBLE PRECISION", Scalar::Float64),
            ("DECIMAL", Scalar::Number),
            ("STRING", Scalar::Number),
            ("DATETIME", Scalar::Text),
            ("", Scalar::Any),
        ] {
            assert_eq!(of_declared(declared), scalar, "{declared}");
        }
    }
}
