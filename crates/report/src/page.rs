//! A check's page taken apart by its headings.

/// The body under `## heading`, trimmed; empty when there is none. Headings inside fences do not count.
pub(crate) fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    sections(page).find(|(name, _)| *name == heading).map_or("", |(_, body)| body)
}

/// Every `## heading` with its trimmed body, in order.
pub(crate) fn sections(page: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut starts = Vec::new();
    let mut fenced = false;
    let mut offset = 0;
    for line in page.split_inclusive('\n') {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if !fenced && let Some(name) = line.strip_prefix("## ") {
            starts.push((name.trim(), offset, offset + line.len()));
        }
        offset += line.len();
    }
    let ends: Vec<usize> = starts.iter().skip(1).map(|(_, start, _)| *start).chain([page.len()]).collect();
    starts
        .into_iter()
        .zip(ends)
        .map(move |((name, _, from), to)| (name, page.get(from..to).unwrap_or("").trim()))
        .collect::<Vec<_>>()
        .into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_split_a_page_and_fences_hide_them() {
        let page = "# a/b\n\n## One\n\nx\n```sh\n## not one\n```\n## Two\ny\n";
        assert_eq!(section(page, "One"), "x\n```sh\n## not one\n```");
        assert_eq!(section(page, "Two"), "y");
        assert_eq!(section(page, "Three"), "");
    }
}
