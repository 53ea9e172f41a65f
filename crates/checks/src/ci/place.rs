//! Where a step or an expression stands: its job, its workflow, or the composite action it belongs to.

use palisade_inventory::action::Action;
use palisade_inventory::workflow::{Job, Located, Step, Uses, Workflow};
use palisade_inventory::yaml::Node;

/// What surrounds a step or an expression.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place<'a, 'y> {
    /// The workflow, when it is one.
    pub workflow: Option<&'a Workflow<'y>>,
    /// The job, when it stands in one.
    pub job: Option<&'a Job<'y>>,
    /// The action, when it is one.
    pub action: Option<&'a Action<'y>>,
    /// Whether the workflow deploys or releases; decided once a file, since it looks at every script.
    pub deploys: bool,
}

/// A step and what surrounds it.
#[derive(Clone, Copy, Debug)]
pub struct StepAt<'a, 'y> {
    /// The step.
    pub step: &'a Step<'y>,
    /// What surrounds it.
    pub place: Place<'a, 'y>,
}

/// A workflow or an action.
#[derive(Clone, Copy, Debug)]
pub enum Definition<'a, 'y> {
    /// A workflow.
    Workflow(&'a Workflow<'y>),
    /// An action.
    Action(&'a Action<'y>),
}

/// A `uses:` and what surrounds it.
#[derive(Clone, Copy, Debug)]
pub struct UsesAt<'a, 'y> {
    /// What is used.
    pub uses: &'a Uses<'y>,
    /// The step; none when a job calls a reusable workflow.
    pub step: Option<&'a Step<'y>>,
    /// What surrounds it.
    pub place: Place<'a, 'y>,
}

/// An expression and what surrounds it.
#[derive(Clone, Copy, Debug)]
pub struct ExpressionAt<'a, 'y> {
    /// The expression.
    pub located: &'a Located<'y>,
    /// The step, when it stands in one.
    pub step: Option<&'a Step<'y>>,
    /// What surrounds it.
    pub place: Place<'a, 'y>,
}

impl<'a, 'y> Place<'a, 'y> {
    /// The steps beside: of the job, or of the action.
    #[must_use]
    pub fn steps(&self) -> &'a [Step<'y>] {
        match (self.job, self.action) {
            (Some(job), _) => &job.steps,
            (None, Some(action)) => &action.steps,
            (None, None) => &[],
        }
    }

    /// The step with an id.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&'a Step<'y>> {
        self.steps().iter().find(|step| step.id.is_some_and(|own| own.eq_ignore_ascii_case(id)))
    }

    /// The value of an environment variable: of the step, else the job, else the workflow.
    #[must_use]
    pub fn variable(&self, step: Option<&Step<'y>>, name: &str) -> Option<Node<'y>> {
        let levels = [
            step.map(|step| step.env.as_slice()),
            self.job.map(|job| job.env.as_slice()),
            self.workflow.map(|workflow| workflow.env.as_slice()),
        ];
        let named = |key: Node<'y>| key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name));
        levels.into_iter().flatten().find_map(|env| env.iter().find(|entry| named(entry.key)).map(|entry| entry.value))
    }

    /// Whether one of these events starts the workflow around.
    #[must_use]
    pub fn starts_on(&self, names: &[&str]) -> bool {
        self.workflow.is_some_and(|workflow| workflow.starts_on(names))
    }
}

/// The name of a workflow's file without its ending, where it can be part of a group's name as it is.
pub(super) fn stem(path: &str) -> Option<&str> {
    let stem = path.rsplit('/').next()?.rsplit_once('.')?.0;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (stem.starts_with(|first: char| first.is_ascii_alphabetic()) && stem.bytes().all(plain)).then_some(stem)
}
