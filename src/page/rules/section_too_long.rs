use crate::document::tokens;
use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::Span;

rule! {
    /// A section has more than about 500 tokens of text.
    ///
    /// A reader that looks for one thing reads all of it; headings divide it. Code and sections with headings of their own inside
    /// are not counted. Off by default: long sections are common and often right.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// # Forms
    ///
    /// Step 1. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 2. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 3. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 4. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 5. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 6. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 7. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 8. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 9. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 10. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 11. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 12. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 13. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 14. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 15. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 16. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 17. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 18. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 19. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 20. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 21. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 22. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 23. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 24. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 25. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 26. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 27. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 28. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 29. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 30. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 31. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 32. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 33. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 34. Read the field, compare its name with the list of the form, and write down what is missing in it.
    ///
    /// Step 35. Read the field, compare its name with the list of the form, and write down what is missing in it.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// # Forms
    ///
    /// Read the fields.
    /// ```
    ///
    /// Source: Claude documentation, "Skill authoring best practices", on progressive disclosure; the measure is that of skillsaw
    /// 0.22.0.
    "section-too-long", Pedantic, "0.1.0", Page, check
}

/// Tokens of a section that is not long.
const MOST: usize = 500;

fn check(page: &Page, report: &mut Report<'_>) {
    let headings = &page.markdown.headings;
    for (at, heading) in headings.iter().enumerate() {
        let end = headings
            .get(at + 1)
            .map_or(page.parts.body.end, |next| next.span.start);
        let section = Span::new(heading.span.end, end);
        if section.len() <= MOST {
            continue;
        }
        let fences = page
            .markdown
            .fences
            .iter()
            .filter(|fence| section.contains(fence.span.start));
        let code: usize = fences
            .map(|fence| tokens::estimate(page.source.slice(fence.span)))
            .sum();
        let count = tokens::estimate(page.source.slice(section)).saturating_sub(code);
        if count > MOST {
            let line = page.source.line_span(page.source.locate(heading.span.start).line);
            report
                .at(
                    &page.source,
                    line,
                    format!("the section has about {count} tokens, more than {MOST}"),
                )
                .help("divide it by headings, or move details to a reference");
        }
    }
}
