//! Build stages and what they are built from.

use std::ops::Range;

use crate::shell::Word;

use super::{Dockerfile, Instruction, Kind, Value};

/// What a stage is built from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// An earlier stage of the same file.
    Stage(usize),
    /// Nothing: `FROM scratch`.
    Scratch,
    /// An image, by the name in [`Stage::image`].
    Image,
}

/// One build stage.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its number, from 0.
    pub index: usize,
    /// Behind `AS`.
    pub name: Option<Word>,
    /// Behind `FROM`.
    pub image: Value,
    /// What that is.
    pub base: Base,
    /// Whether its layers end up in the last stage, and so in the image.
    pub shipped: bool,
    /// Whether it builds a Windows image, as far as the file tells.
    pub windows: bool,
    /// Indices of its instructions, `FROM` included.
    pub instructions: Range<usize>,
}

impl Dockerfile {
    /// Opens a stage for a `FROM` that will be the next instruction.
    pub(super) fn open_stage(&mut self, image: &Value, alias: Option<&Word>) {
        let base = if image.resolved == "scratch" {
            Base::Scratch
        } else {
            self.stage_named(&image.resolved).map_or(Base::Image, |stage| Base::Stage(stage.index))
        };
        let at = self.instructions.len();
        let index = self.stages.len();
        self.stages.push(Stage {
            index,
            name: alias.cloned(),
            image: image.clone(),
            base,
            shipped: false,
            windows: false,
            instructions: at..at,
        });
    }

    /// Ends each stage where the next one starts.
    pub(super) fn close_stages(&mut self) {
        let mut end = self.instructions.len();
        for stage in self.stages.iter_mut().rev() {
            stage.instructions.end = end;
            end = stage.instructions.start;
        }
        let mut next = self.stages.len().checked_sub(1);
        while let Some(stage) = next.and_then(|index| self.stages.get_mut(index)) {
            stage.shipped = true;
            // Only earlier stages can be a base, so this ends.
            next = match stage.base {
                Base::Stage(index) if index < stage.index => Some(index),
                _ => None,
            };
        }
    }

    /// The last stage with a name; names ignore case.
    #[must_use]
    pub fn stage_named(&self, name: &str) -> Option<&Stage> {
        self.stages.iter().rev().find(|stage| stage.name.as_ref().is_some_and(|it| it.text.eq_ignore_ascii_case(name)))
    }

    /// The stage that `--from` names, by name or number, as seen from `instruction`.
    #[must_use]
    pub fn source_stage(&self, instruction: &Instruction) -> Option<&Stage> {
        if !matches!(instruction.kind, Kind::Copy(_)) {
            return None;
        }
        let name = instruction.flag_value("from")?;
        let stage = self
            .stages
            .iter()
            .find(|stage| stage.name.as_ref().is_some_and(|it| it.text.eq_ignore_ascii_case(name)))
            .or_else(|| self.stages.get(name.parse::<usize>().ok()?))?;
        (Some(stage.index) != instruction.stage).then_some(stage)
    }
}
