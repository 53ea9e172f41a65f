//! Ruby, line by line: what stands on each without its comment. No grammar of Ruby is in the build, so that only
//! settings that fill a line of their own are told.

use palisade_model::Span;

use crate::Structure;

/// More lines of one file are not kept.
const LINES_MAX: usize = 50_000;

/// The lines of a file that say something.
#[derive(Clone, Debug, Default)]
pub struct Source<'t> {
    /// What stands there, without white space around it and without comments.
    pub lines: Vec<(&'t str, Span)>,
}

/// Which file of a Rails application a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// `config/environments/production.rb`
    Production,
    /// `config/application.rb`
    Application,
    /// `config/initializers/…`
    Initializer,
    /// `app/controllers/application_controller.rb`
    BaseController,
    /// `app/graphql/…_schema.rb`
    GraphqlSchema,
}

impl File {
    /// By the path, and by what such files say.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let path = path.strip_suffix(".rb")?;
        let ends = |tail: &str| path.strip_suffix(tail).is_some_and(|head| head.is_empty() || head.ends_with('/'));
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let within = |folders: &str| folder.ends_with(folders) || folder.contains(&format!("{folders}/"));
        if ends("config/environments/production") {
            Some(Self::Production)
        } else if ends("config/application") {
            Some(Self::Application)
        } else if within("config/initializers") {
            Some(Self::Initializer)
        } else if ends("app/controllers/application_controller") {
            Some(Self::BaseController)
        } else if within("app/graphql") && path.ends_with("_schema") {
            Some(Self::GraphqlSchema)
        } else {
            None
        }
    }
}

impl<'t> Source<'t> {
    /// Reads a file.
    #[must_use]
    pub fn parse(text: &'t str) -> Self {
        let mut lines = Vec::new();
        let (mut offset, mut block) = (0, false);
        for line in text.split_inclusive('\n') {
            let start = offset;
            offset += line.len();
            if line.starts_with("__END__") || lines.len() >= LINES_MAX {
                break;
            }
            if line.starts_with("=begin") || line.starts_with("=end") {
                block = line.starts_with("=begin");
                continue;
            }
            let said = without_comment(line).trim_end();
            let code = said.trim_start();
            if block || code.is_empty() {
                continue;
            }
            let at = start + (said.len() - code.len());
            lines.push((code, Span::new(at, at + code.len())));
        }
        Self { lines }
    }
}

impl Structure for Source<'_> {
    fn path_of(&self, _span: Span) -> String {
        String::new()
    }
}

/// A line up to its comment: a `#` that stands in no text and begins no interpolation.
fn without_comment(line: &str) -> &str {
    let (mut quote, mut before) = (None, ' ');
    for (at, letter) in line.char_indices() {
        match (quote, letter) {
            (None, '#') if before.is_whitespace() => return line.get(..at).unwrap_or(line),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if letter == open && before != '\\' => quote = None,
            _ => {}
        }
        before = letter;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_fall_away() {
        let source = Source::parse("# a\nx = \"a # b\" # c\n=begin\ny\n=end\n  z '\\'# q' # r\n__END__\nw\n");
        let lines: Vec<_> = source.lines.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, ["x = \"a # b\"", "z '\\'# q'"]);
    }

    #[test]
    fn files_of_rails_are_known_by_their_place() {
        assert_eq!(File::of("config/environments/production.rb"), Some(File::Production));
        assert_eq!(File::of("api/config/initializers/cors.rb"), Some(File::Initializer));
        assert_eq!(File::of("app/graphql/shop_schema.rb"), Some(File::GraphqlSchema));
        assert_eq!(File::of("lib/application.rb"), None);
    }
}
