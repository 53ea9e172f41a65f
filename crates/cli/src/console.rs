//! Standard output: colour, width, and readers that hang up early.

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;

use anyhow::Context as _;
use palisade_report::Style;

use crate::arguments::{Colour, Global};

/// Columns when standard output is no terminal.
const COLUMNS_DEFAULT: usize = 100;

/// The style of standard output.
pub(crate) fn style(global: &Global, all: bool) -> Style {
    let terminal = io::stdout().is_terminal();
    let color = match global.color {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    let width =
        terminal_size::terminal_size().filter(|_| terminal).map_or(COLUMNS_DEFAULT, |(width, _)| width.0.into());
    Style { color, width, all }
}

/// Writes to standard output. A reader that hangs up (`| head`) has seen enough and is no error.
pub(crate) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    written(write(&mut out).and_then(|()| out.flush()))
}

/// What became of writing to standard output.
pub(crate) fn written(result: io::Result<()>) -> anyhow::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to standard output"),
    }
}

/// Writes a report to a file, without colour, or else to standard output as it can show it.
pub(crate) fn write(
    file: Option<&Path>,
    global: &Global,
    all: bool,
    write: impl FnOnce(&Style, &mut dyn Write) -> io::Result<()>,
) -> anyhow::Result<()> {
    let Some(path) = file else {
        let style = style(global, all);
        return print(|out| write(&style, out));
    };
    let failed = || format!("cannot write {}", path.display());
    let mut out = BufWriter::new(std::fs::File::create(path).with_context(failed)?);
    write(&Style { all, ..Style::default() }, &mut out).and_then(|()| out.flush()).with_context(failed)
}
