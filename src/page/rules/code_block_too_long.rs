use crate::lint::{Report, rule};
use crate::page::Page;

rule! {
    /// A code block has more than 60 lines.
    ///
    /// A model pays for it whenever the page is read. In a file under `scripts/` or `examples/` it can be run or opened when it is
    /// needed. Off by default: many skills are their code.
    ///
    /// ````markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// ```sh
    /// pdftotext -f 1 -l 1 in.pdf page-1.txt
    /// pdftotext -f 2 -l 2 in.pdf page-2.txt
    /// pdftotext -f 3 -l 3 in.pdf page-3.txt
    /// pdftotext -f 4 -l 4 in.pdf page-4.txt
    /// pdftotext -f 5 -l 5 in.pdf page-5.txt
    /// pdftotext -f 6 -l 6 in.pdf page-6.txt
    /// pdftotext -f 7 -l 7 in.pdf page-7.txt
    /// pdftotext -f 8 -l 8 in.pdf page-8.txt
    /// pdftotext -f 9 -l 9 in.pdf page-9.txt
    /// pdftotext -f 10 -l 10 in.pdf page-10.txt
    /// pdftotext -f 11 -l 11 in.pdf page-11.txt
    /// pdftotext -f 12 -l 12 in.pdf page-12.txt
    /// pdftotext -f 13 -l 13 in.pdf page-13.txt
    /// pdftotext -f 14 -l 14 in.pdf page-14.txt
    /// pdftotext -f 15 -l 15 in.pdf page-15.txt
    /// pdftotext -f 16 -l 16 in.pdf page-16.txt
    /// pdftotext -f 17 -l 17 in.pdf page-17.txt
    /// pdftotext -f 18 -l 18 in.pdf page-18.txt
    /// pdftotext -f 19 -l 19 in.pdf page-19.txt
    /// pdftotext -f 20 -l 20 in.pdf page-20.txt
    /// pdftotext -f 21 -l 21 in.pdf page-21.txt
    /// pdftotext -f 22 -l 22 in.pdf page-22.txt
    /// pdftotext -f 23 -l 23 in.pdf page-23.txt
    /// pdftotext -f 24 -l 24 in.pdf page-24.txt
    /// pdftotext -f 25 -l 25 in.pdf page-25.txt
    /// pdftotext -f 26 -l 26 in.pdf page-26.txt
    /// pdftotext -f 27 -l 27 in.pdf page-27.txt
    /// pdftotext -f 28 -l 28 in.pdf page-28.txt
    /// pdftotext -f 29 -l 29 in.pdf page-29.txt
    /// pdftotext -f 30 -l 30 in.pdf page-30.txt
    /// pdftotext -f 31 -l 31 in.pdf page-31.txt
    /// pdftotext -f 32 -l 32 in.pdf page-32.txt
    /// pdftotext -f 33 -l 33 in.pdf page-33.txt
    /// pdftotext -f 34 -l 34 in.pdf page-34.txt
    /// pdftotext -f 35 -l 35 in.pdf page-35.txt
    /// pdftotext -f 36 -l 36 in.pdf page-36.txt
    /// pdftotext -f 37 -l 37 in.pdf page-37.txt
    /// pdftotext -f 38 -l 38 in.pdf page-38.txt
    /// pdftotext -f 39 -l 39 in.pdf page-39.txt
    /// pdftotext -f 40 -l 40 in.pdf page-40.txt
    /// pdftotext -f 41 -l 41 in.pdf page-41.txt
    /// pdftotext -f 42 -l 42 in.pdf page-42.txt
    /// pdftotext -f 43 -l 43 in.pdf page-43.txt
    /// pdftotext -f 44 -l 44 in.pdf page-44.txt
    /// pdftotext -f 45 -l 45 in.pdf page-45.txt
    /// pdftotext -f 46 -l 46 in.pdf page-46.txt
    /// pdftotext -f 47 -l 47 in.pdf page-47.txt
    /// pdftotext -f 48 -l 48 in.pdf page-48.txt
    /// pdftotext -f 49 -l 49 in.pdf page-49.txt
    /// pdftotext -f 50 -l 50 in.pdf page-50.txt
    /// pdftotext -f 51 -l 51 in.pdf page-51.txt
    /// pdftotext -f 52 -l 52 in.pdf page-52.txt
    /// pdftotext -f 53 -l 53 in.pdf page-53.txt
    /// pdftotext -f 54 -l 54 in.pdf page-54.txt
    /// pdftotext -f 55 -l 55 in.pdf page-55.txt
    /// pdftotext -f 56 -l 56 in.pdf page-56.txt
    /// pdftotext -f 57 -l 57 in.pdf page-57.txt
    /// pdftotext -f 58 -l 58 in.pdf page-58.txt
    /// pdftotext -f 59 -l 59 in.pdf page-59.txt
    /// pdftotext -f 60 -l 60 in.pdf page-60.txt
    /// pdftotext -f 61 -l 61 in.pdf page-61.txt
    /// pdftotext -f 62 -l 62 in.pdf page-62.txt
    /// ```
    /// ````
    ///
    /// ````markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// ```sh
    /// pdftotext in.pdf
    /// ```
    /// ````
    ///
    /// Source: Agent Skills specification, "Progressive disclosure"; the peer skillsaw 0.22.0.
    "code-block-too-long", Pedantic, "0.1.0", Page, check
}

/// Lines of a block that is not long, its fences included.
const MOST: usize = 62;

fn check(page: &Page, report: &mut Report<'_>) {
    for fence in &page.markdown.fences {
        let text = page.source.slice(fence.span);
        // A line has a byte at least.
        let lines = if text.len() > MOST {
            text.lines().count()
        } else {
            0
        };
        if lines > MOST {
            let line = page.source.line_span(page.source.locate(fence.span.start).line);
            report
                .at(&page.source, line, format!("a code block of {} lines", lines - 2))
                .help("move it to a file under `scripts/` or `examples/` and name it here");
        }
    }
}
