//! `db erd`: the live schema drawn.

use super::Place;

fn tables(place: &Place) {
    place.execute(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, boss INTEGER REFERENCES users (id));
         CREATE TABLE \"<script>alert('x')</script> \"\"q\"\" %%\" (id INTEGER PRIMARY KEY, \"a-->b\" INTEGER NOT NULL REFERENCES users (id), \"--%>\" TEXT);
         CREATE TABLE profiles (id INTEGER PRIMARY KEY REFERENCES users (id));
         CREATE VIEW names AS SELECT id FROM users;",
    );
}

#[test]
fn mermaid_and_dot_quote_every_name() {
    for place in Place::each() {
        tables(&place);
        let mermaid = place.sandbox.line("db erd").expect(0).stdout;
        for line in [
            "erDiagram",
            "    \"users\" |o..o{ \"users\" : \"boss\"",
            "    \"users\" ||--o| \"profiles\" : \"id\"",
            "    \"users\" ||..o{ \"#60;script#62;alert('x')#60;/script#62; #34;q#34; #37;#37;\" : \"a--#62;b\"",
        ] {
            assert!(
                mermaid.lines().any(|one| one == line),
                "`{line}` is not in\n{mermaid}"
            );
        }
        let dot = place.sandbox.line("db erd --as dot").expect(0).stdout;
        assert!(
            dot.starts_with("digraph ") && !dot.contains("<b><script>"),
            "{dot}"
        );
        assert!(dot.contains("&lt;script&gt;alert(&#39;x&#39;)"), "{dot}");
    }
}

#[test]
fn the_page_stands_alone_and_runs_nothing_of_the_database() {
    for place in Place::each() {
        tables(&place);
        let answer = place
            .sandbox
            .line("db erd --as html --out docs/erd.html --format json")
            .expect(0)
            .json();
        assert_eq!((&answer["tables"], &answer["references"]), (&4.into(), &3.into()));
        let page = place.sandbox.read("docs/erd.html");
        assert_eq!(page.matches("<script>").count(), 1, "the page's own");
        for outside in ["http://", "https://", "src=", "@import", "url("] {
            let found = page.replace("http://www.w3.org/2000/svg", "");
            assert!(!found.contains(outside), "{outside}");
        }
        assert!(
            page.contains("Content-Security-Policy") && page.contains("aria-label=\"Table users, 2 columns")
        );
        place
            .sandbox
            .line("db erd --as html --out docs/erd.html --check")
            .expect(0);
        place.execute("ALTER TABLE users ADD COLUMN more INTEGER");
        place
            .sandbox
            .line("db erd --as html --out docs/erd.html --check")
            .expect(1);
    }
}
