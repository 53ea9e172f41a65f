//! One evaluated resource, as checks see it.

use palisade_inventory::terraform::{Element, Entry, Key, Origin, Value, is_example};
use palisade_model::{Edit, Fix, Location, Safety, Severity};

use super::judge::Ground;
use crate::Report;
use crate::report::Draft;

/// Calls shown with a finding.
const CALLS_SHOWN_MAX: usize = 3;

/// A resource, or another block of the top level, with what stands around it.
#[derive(Clone, Copy)]
pub struct Resource<'a> {
    ground: &'a Ground<'a>,
    element: &'a Element,
}

/// What a resource says under a path of names.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// Its value; nothing when it is not set.
    pub value: Option<&'a Value>,
    /// Where it stands; for what is not set, what lacks it.
    pub place: Origin,
}

/// Resources that complete another one.
#[derive(Debug, Default)]
pub struct Companions<'a> {
    /// Those that name it.
    pub found: Vec<&'a Element>,
    /// Whether there may be more: one names something that is not known.
    pub unsure: bool,
}

impl<'a> Resource<'a> {
    pub(crate) fn new(ground: &'a Ground<'a>, element: &'a Element) -> Self {
        Self { ground, element }
    }

    /// `aws_s3_bucket`
    #[must_use]
    pub fn kind(&self) -> &'a str {
        &self.element.kind
    }

    /// `logs`
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.element.name
    }

    /// Path of the file that it stands in.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.ground.sources.get(self.element.whole.source as usize).map_or("", |source| source.path())
    }

    /// Which resource it is; the same for all copies.
    pub(crate) fn key(&self) -> &'a Key {
        &self.element.key
    }

    /// Directory of the root that it belongs to; of templates the path.
    pub(crate) fn root(&self) -> &'a str {
        self.ground.estate.instance(self.element.key.instance).map_or("", |instance| &instance.root)
    }

    /// Whether it may not be there: its count is not known.
    pub(crate) fn is_maybe(&self) -> bool {
        self.element.maybe
    }

    /// Whether both are the same copy of the same resource.
    pub(crate) fn is(&self, other: &Resource<'_>) -> bool {
        std::ptr::eq(self.element, other.element)
    }

    /// The location of a place anywhere in the target.
    pub(crate) fn locate(&self, place: Origin) -> Option<Location> {
        self.ground.locate(place, None)
    }

    /// Its body.
    #[must_use]
    pub fn body(&self) -> &'a Value {
        &self.element.value
    }

    /// Kind and labels.
    #[must_use]
    pub fn head(&self) -> Origin {
        self.element.head
    }

    /// The value of a top-level setting.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.element.value.get(name)
    }

    /// The text of a top-level setting.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str()
    }

    /// The truth of a top-level setting.
    #[must_use]
    pub fn truth(&self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    /// The blocks of a kind; nothing for blocks that are not known.
    pub fn blocks(&self, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        self.get(name).into_iter().flat_map(Value::each)
    }

    /// What stands under a path such as `versioning.enabled`, once for each block on the way.
    #[must_use]
    pub fn settings(&self, path: &str) -> Vec<Setting<'a>> {
        let mut settings = Vec::new();
        let names: Vec<&str> = path.split('.').collect();
        gather(&self.element.value, &names, self.element.head, &mut settings);
        settings
    }

    /// The only or first setting of a path.
    #[must_use]
    pub fn setting(&self, path: &str) -> Setting<'a> {
        self.settings(path).into_iter().next().unwrap_or(Setting { value: None, place: self.element.head })
    }

    /// Whether a value stands for this resource.
    fn is_meant(&self, value: &Value, names: &[&str]) -> Option<bool> {
        if let Some(target) = value.target() {
            return Some(*target == self.element.key);
        }
        value.as_str().map(|text| names.iter().any(|name| self.text(name) == Some(text)))
    }

    /// The resources of a kind whose `attribute` names this one. Declare the kind in [`super::COMPANIONS`].
    #[must_use]
    pub fn companions(&self, kind: &str, attribute: &str) -> Companions<'a> {
        let estate = &self.ground.estate;
        let root = |key: &Key| estate.instance(key.instance).map(|instance| &instance.root);
        let own = root(&self.element.key);
        let mut companions = Companions::default();
        for other in estate.of_kind(kind).filter(|other| root(&other.key) == own) {
            let named = other.value.get(attribute);
            match named.map_or(Some(false), |value| self.is_meant(value, &["bucket", "name", "id", "identifier"])) {
                Some(true) => companions.found.push(other),
                Some(false) => {}
                None => companions.unsure = true,
            }
        }
        // A module that makes them on demand leaves the choice to its caller.
        let directory = estate.instance(self.element.key.instance).map_or("", |instance| &instance.directory);
        let made = estate.of_kind(kind).any(|other| other.key.instance == self.element.key.instance);
        companions.unsure |= !made && estate.declares(directory, kind);
        companions
    }

    /// Whether the root that this belongs to has a resource of a kind. Declare the kind in [`super::COMPANIONS`].
    #[must_use]
    pub fn has_beside(&self, kind: &str, fits: impl Fn(&Value) -> bool) -> bool {
        let estate = &self.ground.estate;
        let root = |key: &Key| estate.instance(key.instance).map(|instance| &instance.root);
        estate.of_kind(kind).any(|other| root(&other.key) == root(&self.element.key) && fits(&other.value))
    }

    /// The bodies of all resources of a kind in the root that this belongs to.
    pub fn beside(&self, kind: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        let estate = &self.ground.estate;
        let root = |key: &Key| estate.instance(key.instance).map(|instance| &instance.root);
        let own = root(&self.element.key);
        let kind = kind.to_owned();
        estate
            .of_kind(&kind)
            .filter(|other| root(&other.key) == own)
            .map(|other| &other.value)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// A finding at the place of a setting, or at the resource when it is not set.
    pub fn fault<'r>(&self, setting: Setting<'_>, message: &str, report: &'r mut Report<'_>) -> Option<&'r mut Draft> {
        let from = setting.value.map(|value| value.origin).filter(|from| !self.holds(*from));
        self.fault_from(setting.place, from, None, message, report)
    }

    /// The same for a setting whose value is a secret: no excerpt shows it.
    pub fn fault_secret<'r>(
        &self,
        setting: Setting<'_>,
        message: &str,
        report: &'r mut Report<'_>,
    ) -> Option<&'r mut Draft> {
        // A plan holds what it will write, wherever that comes from.
        if self.is_planned(setting.place) {
            return None;
        }
        let value = setting.value.map(|value| value.origin);
        self.fault_from(setting.place, value.filter(|from| !self.holds(*from)), value, message, report)
    }

    /// The edit of the resource's own block that makes a setting be `literal`, where that is plain to see.
    #[must_use]
    pub fn mend(&self, setting: Setting<'_>, path: &str, literal: &str, safety: Safety) -> Option<Fix> {
        // The finding must stand in the file that is edited.
        let head = self.element.head;
        if setting.place.source != head.source || !setting.value.is_none_or(|value| self.holds(value.origin)) {
            return None;
        }
        let written = setting.value.map(|value| value.origin);
        let edit = self.ground.mend(head, path, literal).or_else(|| self.ground.replace(written?, literal))?;
        let name = path.rsplit('.').next().unwrap_or(path);
        Some(Fix::new(format!("set `{name} = {literal}`"), safety, vec![edit]))
    }

    /// A finding at a value, wherever in the target it was written, that this resource uses.
    pub fn fault_at<'r>(&self, place: Origin, message: &str, report: &'r mut Report<'_>) -> Option<&'r mut Draft> {
        if self.holds(place) {
            return self.fault_from(place, None, None, message, report);
        }
        let user = self.ground.locate(self.element.head, None);
        let draft = self.fault_from(place, None, None, message, report)?;
        if let Some(user) = user {
            draft.also(user, "it is used here");
        }
        Some(draft)
    }

    /// Whether the check at hand asks this for the first time about `text` in this module instance.
    #[must_use]
    pub fn is_first(&self, report: &Report<'_>, text: &str) -> bool {
        self.ground.told.borrow_mut().insert((report.check().id, self.element.key.instance, text.to_owned()))
    }

    /// The edit that writes another word where `word` was written, in whatever file of the target.
    #[must_use]
    pub fn respell(&self, written: Origin, word: &str, other: &str) -> Option<Edit> {
        self.ground.respell(written, word, other)
    }

    /// A severity as it holds where this resource stands: nobody deploys an example as it is, but people copy it.
    #[must_use]
    pub fn limit(&self, severity: Severity) -> Severity {
        let directory = self.path().rsplit_once('/').map_or("", |(directory, _)| directory);
        if is_example(directory) { severity.min(Severity::Low) } else { severity }
    }

    fn is_planned(&self, place: Origin) -> bool {
        self.ground.sources.get(place.source as usize).is_some_and(|source| source.is_plan())
    }

    fn holds(&self, place: Origin) -> bool {
        place.source == self.element.whole.source && self.element.whole.span.contains(place.span)
    }

    fn fault_from<'r>(
        &self,
        place: Origin,
        from: Option<Origin>,
        hidden: Option<Origin>,
        message: &str,
        report: &'r mut Report<'_>,
    ) -> Option<&'r mut Draft> {
        let check = report.check();
        if !self.ground.seen.borrow_mut().insert((check.id, place)) {
            return None;
        }
        let location = self.ground.locate(place, hidden)?;
        // A plan is one line, and says where things stand by their addresses.
        let planned = self.ground.sources.get(place.source as usize).is_some_and(|source| source.is_plan());
        let message = if planned { format!("`{}`: {message}", self.element.key.address) } else { message.to_owned() };
        let draft = report.finding_at(location, message);
        draft.severity(self.limit(check.severity));
        if let Some(from) = from.filter(|from| *from != place).and_then(|from| self.ground.locate(from, hidden)) {
            draft.also(from, "the value comes from here");
        }
        let mut instance = self.ground.estate.instance(self.element.key.instance);
        for _ in 0..CALLS_SHOWN_MAX {
            let Some((caller, call)) = instance.and_then(|instance| instance.caller) else { break };
            if let Some(call) = self.ground.locate(call, hidden) {
                draft.also(call, "the module is called here");
            }
            instance = self.ground.estate.instance(caller);
        }
        Some(draft)
    }
}

impl<'a> Setting<'a> {
    /// Whether it is there and cannot be known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.value.is_some_and(|value| value.is_unknown() || value.as_str().is_none() && value.as_partial().is_some())
    }
}

/// The place of an entry: its value when that was written beside the key, the key otherwise.
pub(super) fn place_of(entry: &Entry) -> Origin {
    let (key, value) = (entry.key_origin, entry.value.origin);
    let beside = key.source == value.source && key.span.end <= value.span.start && value.span.start - key.span.end < 64;
    if beside { value } else { key }
}

fn gather<'a>(holder: &'a Value, names: &[&str], place: Origin, settings: &mut Vec<Setting<'a>>) {
    let Some((name, rest)) = names.split_first() else { return };
    if holder.is_unknown() {
        return settings.push(Setting { value: Some(holder), place });
    }
    let entry = holder.entry(name).filter(|entry| !entry.value.is_null());
    let Some(entry) = entry else {
        return settings.push(Setting { value: None, place });
    };
    if rest.is_empty() {
        return settings.push(Setting { value: Some(&entry.value), place: place_of(entry) });
    }
    let mut any = false;
    for item in entry.value.each() {
        any = true;
        let near = if item.origin.source == place.source { item.origin } else { entry.key_origin };
        gather(item, rest, near, settings);
    }
    if !any {
        settings.push(Setting { value: None, place });
    }
}
