//! How much an evaluation may do. Beyond a bound values are unknown.

/// Expressions evaluated for all modules of a target.
pub(super) const STEPS_MAX: usize = 20_000_000;
/// Expressions inside each other while they are evaluated, through locals, variables and modules.
pub(super) const NESTING_MAX: usize = 150;
/// Items of one list or object.
pub(super) const ITEMS_MAX: usize = 4_096;
/// Bytes of one text.
pub(super) const TEXT_BYTES_MAX: usize = 1 << 20;
/// Instances of one resource or module call that are looked at.
pub(super) const COPIES_MAX: usize = 24;
/// Instances of modules in a target.
pub(super) const INSTANCES_MAX: usize = 5_000;
/// Module calls inside each other.
pub(super) const CALLS_DEEP_MAX: usize = 12;
/// Resources in all instances together.
pub(super) const ELEMENTS_MAX: usize = 200_000;
/// Bytes read by `file` and its like for one target.
pub(super) const READ_BYTES_MAX: usize = 16 << 20;

/// What is left.
#[derive(Debug)]
pub(super) struct Budget {
    pub(super) steps: usize,
    pub(super) nesting: usize,
    pub(super) read_bytes: usize,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { steps: STEPS_MAX, nesting: NESTING_MAX, read_bytes: READ_BYTES_MAX }
    }

    /// Takes steps; false when none are left.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        self.steps = self.steps.saturating_sub(steps);
        self.steps > 0
    }
}
