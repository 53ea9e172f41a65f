//! A check: its declaration and the function that decides it.

use palisade_inventory::Inventory;
use palisade_inventory::compose::Compose;
use palisade_inventory::dependabot::Dependabot;
use palisade_inventory::dockerfile::Dockerfile;
use palisade_inventory::gitlab::Pipeline;
use palisade_inventory::kubernetes::{Object, Workload};
use palisade_inventory::workflow::Workflow;
use palisade_model::{Confidence, Meta, Severity};

use crate::Report;
use crate::app::ServiceRule;
use crate::ci::place::{Definition, ExpressionAt, StepAt, UsesAt};
use crate::code::CodeRule;
use crate::data::{Age, Notes, Set, StatementAt};
use crate::iac::{Resource, Rule};
use crate::iam::{Access, Document};

/// One check. Declare it as a `static` named `CHECK` and list it in its family's `CHECKS`.
#[derive(Debug)]
pub struct Check {
    /// What it says of itself.
    pub meta: Meta,
    /// What it looks at and how it decides.
    pub run: Run,
}

/// What a check looks at.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// Each GitHub Actions workflow.
    Workflow(fn(&Workflow<'_>, &mut Report<'_>)),
    /// Each GitHub Actions workflow and each `action.yml`.
    Definition(fn(&Definition<'_, '_>, &mut Report<'_>)),
    /// Each `uses:` of workflows and composite actions.
    Uses(fn(&UsesAt<'_, '_>, &mut Report<'_>)),
    /// Each step of workflows and composite actions.
    Step(fn(&StepAt<'_, '_>, &mut Report<'_>)),
    /// Each `${{ }}` and `if:` of workflows and composite actions.
    Expression(fn(&ExpressionAt<'_, '_>, &mut Report<'_>)),
    /// Each Dependabot configuration.
    Dependabot(fn(&Dependabot<'_>, &mut Report<'_>)),
    /// Each GitLab pipeline.
    Gitlab(fn(&Pipeline<'_>, &mut Report<'_>)),
    /// Each Kubernetes object in manifests, rendered charts and overlays.
    Object(fn(&Object<'_>, &mut Report<'_>)),
    /// Each pod template inside a Kubernetes object of any kind.
    Workload(fn(&Workload<'_>, &mut Report<'_>)),
    /// Each Dockerfile or Containerfile.
    Dockerfile(fn(&Dockerfile, &mut Report<'_>)),
    /// Each Compose file.
    Compose(fn(&Compose<'_>, &mut Report<'_>)),
    /// Each Terraform resource or other block of these kinds, evaluated.
    Resource(&'static [&'static str], fn(&Resource<'_>, &mut Report<'_>)),
    /// One setting of Terraform resources of these kinds.
    Setting(&'static [&'static str], Rule),
    /// Each statement of PostgreSQL migrations that goes forwards.
    Statement(Age, fn(&StatementAt<'_>, &mut Notes<'_>)),
    /// The migrations of each folder, whatever their database.
    Migrations(fn(&Set<'_>, &mut Notes<'_>)),
    /// Each policy of AWS, in Terraform, templates and JSON files.
    Policy(fn(&Document<'_>, &mut Report<'_>)),
    /// All policies of AWS with who holds them, once.
    Access(fn(&Access<'_>, &mut Report<'_>)),
    /// Each source in some programming languages.
    Code(CodeRule),
    /// Sources that use something, and whether anything in the target speaks of what belongs to it.
    Service(ServiceRule),
    /// The whole target, once, after all files.
    Inventory(fn(&Inventory, &mut Report<'_>)),
    /// Decided by the scanner itself while reading.
    Scanner,
    /// Decided where findings meet exceptions, in the gate.
    Gate,
}

impl Check {
    /// Whether it looks at all files of a target together.
    #[must_use]
    pub const fn looks_across(&self) -> bool {
        matches!(self.run, Run::Inventory(_) | Run::Migrations(_) | Run::Statement(..))
    }

    /// A check of each workflow.
    #[must_use]
    pub const fn on_workflow(meta: Meta, run: fn(&Workflow<'_>, &mut Report<'_>)) -> Self {
        Self { meta, run: Run::Workflow(run) }
    }

    /// A check of each workflow and each action's definition.
    #[must_use]
    pub const fn on_definition(meta: Meta, run: fn(&Definition<'_, '_>, &mut Report<'_>)) -> Self {
        Self { meta, run: Run::Definition(run) }
    }

    /// A check of each `uses:` of workflows and composite actions.
    #[must_use]
    pub const fn on_uses(meta: Meta, run: fn(&UsesAt<'_, '_>, &mut Report<'_>)) -> Self {
        Self { meta, run: Run::Uses(run) }
    }

    /// A check of each step of workflows and composite actions.
    #[must_use]
    pub const fn on_step(meta: Meta, run: fn(&StepAt<'_, '_>, &mut Report<'_>)) -> Self {
        Self { meta, run: Run::Step(run) }
    }

    /// A check of each expression of workflows and composite actions.
    #[must_use]
    pub const fn on_expression(meta: Meta, run: fn(&ExpressionAt<'_, '_>, &mut Report<'_>)) -> Self {
        Self { meta, run: Run::Expression(run) }
    }

    /// A check of each Dependabot configuration.
    #[must_use]
    pub const fn on_dependabot(meta: Meta, run: fn(&Dependabot<'_>, &mut Report<'_>)) -> Self {
        Self { meta, run: Run::Dependabot(run) }
    }

    /// A check of each GitLab pipeline.
    #[must_use]
    pub const fn on_gitlab(meta: Meta, run: fn(&Pipeline<'_>, &mut Report<'_>)) -> Self {
        Self { meta, run: Run::Gitlab(run) }
    }

    /// A check of each Kubernetes object.
    #[must_use]
    pub const fn on_object(meta: Meta, run: fn(&Object<'_>, &mut Report<'_>)) -> Self {
        Self { meta, run: Run::Object(run) }
    }

    /// A check of each pod template.
    #[must_use]
    pub const fn on_workload(meta: Meta, run: fn(&Workload<'_>, &mut Report<'_>)) -> Self {
        Self { meta, run: Run::Workload(run) }
    }

    /// A check of each Dockerfile.
    #[must_use]
    pub const fn on_dockerfile(meta: Meta, run: fn(&Dockerfile, &mut Report<'_>)) -> Self {
        Self { meta, run: Run::Dockerfile(run) }
    }

    /// A check of each Compose file.
    #[must_use]
    pub const fn on_compose(meta: Meta, run: fn(&Compose<'_>, &mut Report<'_>)) -> Self {
        Self { meta, run: Run::Compose(run) }
    }

    /// A check of each Terraform resource of some kinds; other blocks go by their own kind: `provider`, `backend`.
    #[must_use]
    pub const fn on_resource(
        meta: Meta,
        kinds: &'static [&'static str],
        run: fn(&Resource<'_>, &mut Report<'_>),
    ) -> Self {
        Self { meta, run: Run::Resource(kinds, run) }
    }

    /// A check of one setting of Terraform resources of some kinds.
    #[must_use]
    pub const fn on_setting(meta: Meta, kinds: &'static [&'static str], rule: Rule) -> Self {
        Self { meta, run: Run::Setting(kinds, rule) }
    }

    /// A check of each statement of PostgreSQL migrations.
    #[must_use]
    pub const fn on_statement(meta: Meta, age: Age, run: fn(&StatementAt<'_>, &mut Notes<'_>)) -> Self {
        Self { meta, run: Run::Statement(age, run) }
    }

    /// A check of the migrations of each folder.
    #[must_use]
    pub const fn on_migrations(meta: Meta, run: fn(&Set<'_>, &mut Notes<'_>)) -> Self {
        Self { meta, run: Run::Migrations(run) }
    }

    /// A check of each policy of AWS.
    #[must_use]
    pub const fn on_policy(meta: Meta, run: fn(&Document<'_>, &mut Report<'_>)) -> Self {
        Self { meta, run: Run::Policy(run) }
    }

    /// A check of all policies of AWS with who holds them.
    #[must_use]
    pub const fn on_access(meta: Meta, run: fn(&Access<'_>, &mut Report<'_>)) -> Self {
        Self { meta, run: Run::Access(run) }
    }

    /// A check of source code.
    #[must_use]
    pub const fn on_code(meta: Meta, rule: CodeRule) -> Self {
        Self { meta, run: Run::Code(rule) }
    }

    /// A check of what is used without what belongs to it; `cures` are words that show it, in small letters.
    #[must_use]
    pub const fn on_service(meta: Meta, uses: CodeRule, cures: &'static [&'static str]) -> Self {
        Self { meta, run: Run::Service(ServiceRule { uses, cures }) }
    }

    /// A check across files.
    #[must_use]
    pub const fn on_inventory(meta: Meta, run: fn(&Inventory, &mut Report<'_>)) -> Self {
        Self { meta, run: Run::Inventory(run) }
    }

    /// A check that the scanner decides while it reads.
    #[must_use]
    pub const fn by_scanner(meta: Meta) -> Self {
        Self { meta, run: Run::Scanner }
    }

    /// A check that the gate decides.
    #[must_use]
    pub const fn by_gate(meta: Meta) -> Self {
        Self { meta, run: Run::Gate }
    }
}

/// What a check of a family that is data says of itself, with high confidence.
pub(crate) const fn meta(
    id: &'static str,
    title: &'static str,
    page: &'static str,
    severity: Severity,
    controls: &'static [&'static str],
    maps: &'static [&'static str],
) -> Meta {
    Meta { id, title, page, since: "0.1.0", severity, confidence: Confidence::High, controls, maps }
}

/// The same, for checks whose findings often have a reason.
pub(crate) const fn likely(meta: Meta) -> Meta {
    Meta { confidence: Confidence::Medium, ..meta }
}
