//! What a database has and its files do not make, or the other way round.

use std::collections::BTreeSet;

use super::catalog::{Catalog, Difference};

/// Differences in what the files touch. Schemas that they do not touch belong to somebody else (to a provider, to another
/// application), as do extensions that they did not make, and who owns what depends on who ran them.
pub fn drift(made: &Catalog, live: &Catalog, empty: &Catalog) -> Vec<Difference> {
    let was_there: BTreeSet<&str> = empty.objects().map(|(object, _)| object).collect();
    let touched: BTreeSet<String> = made
        .objects()
        .filter(|(object, _)| !was_there.contains(object))
        .map(|(object, _)| schema_of(object).to_owned())
        .collect();
    let ours: BTreeSet<&str> = made.objects().map(|(object, _)| object).collect();
    let has_schemas = ours.iter().any(|object| object.starts_with("schema "));
    let is_ours = |object: &str, part: &str| {
        part != "owner"
            && match object.split(' ').next() {
                Some("schema" | "extension" | "publication" | "event") | None => {
                    ours.contains(object) && !was_there.contains(object)
                }
                Some("default") => ours.contains(object),
                // Where there are schemas, what is in none of them belongs to whoever made it.
                _ if has_schemas && schema_of(object).is_empty() => ours.contains(object),
                _ => touched.contains(schema_of(object)),
            }
    };
    made.clone()
        .only(is_ours)
        .differences(&live.clone().only(is_ours))
}

/// `public` of `table public.users` and of `function public.f(integer, app.pair)`; empty where the engine has no schemas.
fn schema_of(object: &str) -> &str {
    let name = object.split('(').next().unwrap_or(object);
    let name = name.rsplit_once(' ').map_or(name, |(_, name)| name);
    name.split_once('.').map_or("", |(schema, _)| schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog(objects: &[&str]) -> Catalog {
        let mut catalog = Catalog::default();
        for object in objects {
            catalog.add(*object, "definition", "x");
            catalog.add(*object, "owner", format!("{}", objects.len()));
        }
        catalog
    }

    #[test]
    fn drift_is_only_looked_for_where_the_files_were_at_work() {
        let empty = catalog(&["schema public", "extension plpgsql"]);
        let made = catalog(&[
            "schema public",
            "extension plpgsql",
            "table public.users",
            "schema app",
            "extension citext",
        ]);
        let live = catalog(&[
            "schema public",
            "extension plpgsql",
            "extension pg_stat_statements",
            "comment on extension pg_stat_statements",
            "extension citext",
            "table public.users",
            "table public.extra",
            "schema app",
            "schema auth",
            "table auth.users",
        ]);
        let found: Vec<String> = drift(&made, &live, &empty)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found, ["table public.extra is new"]);
    }

    #[test]
    fn the_schema_of_an_object_is_read_from_its_name() {
        assert_eq!(schema_of("table public.users"), "public");
        assert_eq!(schema_of("function app.f(integer, other.pair)"), "app");
        assert_eq!(schema_of("comment on table column public.users.n"), "public");
        assert_eq!(schema_of("table users"), "");
    }
}
