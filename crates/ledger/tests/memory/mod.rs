//! A disk in memory whose every step can fail, before or after it took effect, and whose plug can be pulled.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::rc::Rc;

use palisade_ledger::{Access, Lock, Storage};

/// When the failing step fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timing {
    /// Nothing happened.
    Before,
    /// It happened, and the answer was lost.
    After,
}

/// What a power cut leaves of what was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Nothing was.
    Lose,
    /// Names were, bytes only by half.
    Tear,
}

#[derive(Clone, Debug, Default)]
struct File {
    bytes: Vec<u8>,
    durable: Option<Vec<u8>>,
}

#[derive(Clone, Debug, Default)]
struct State {
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    folders: BTreeSet<String>,
    durable_folders: BTreeSet<String>,
    steps_left: Option<(usize, Timing)>,
    failed: bool,
    dead: bool,
    dies: bool,
}

/// One disk; clones share it. Two roots on it are two [`Root`]s.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(Rc<RefCell<State>>);

impl Disk {
    /// A copy that lives its own life.
    pub(crate) fn copy(&self) -> Self {
        Self(Rc::new(RefCell::new(self.0.borrow().clone())))
    }

    pub(crate) fn root(&self, name: &str) -> Root {
        Root { disk: self.clone(), name: name.to_owned() }
    }

    /// Lets the step after `steps` good ones fail; if `dies`, every later one too.
    pub(crate) fn fail_after(&self, steps: usize, timing: Timing, dies: bool) {
        let mut state = self.0.borrow_mut();
        state.steps_left = Some((steps, timing));
        state.dies = dies;
        state.failed = false;
    }

    /// Ends the failing, and says whether a step failed.
    pub(crate) fn heal(&self) -> bool {
        let mut state = self.0.borrow_mut();
        state.steps_left = None;
        state.dead = false;
        state.failed
    }

    /// Pulls the plug.
    pub(crate) fn cut(&self, cut: Cut) {
        let mut guard = self.0.borrow_mut();
        let state = &mut *guard;
        match cut {
            Cut::Tear => {
                for file in &mut state.files {
                    if file.durable.as_ref() != Some(&file.bytes) {
                        file.bytes.truncate(file.bytes.len() / 2);
                    }
                }
            }
            Cut::Lose => {
                state.folders = state.durable_folders.clone();
                let folders = &state.folders;
                let reachable = |name: &String| name.match_indices('/').all(|(at, _)| folders.contains(&name[..at]));
                state.names = state.durable_names.clone().into_iter().filter(|(name, _)| reachable(name)).collect();
                for file in &mut state.files {
                    file.bytes = file.durable.clone().unwrap_or_default();
                }
            }
        }
        for file in &mut state.files {
            file.durable = Some(file.bytes.clone());
        }
        state.durable_names = state.names.clone();
        state.durable_folders = state.folders.clone();
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.0.borrow().names.keys().cloned().collect()
    }

    pub(crate) fn bytes(&self, path: &str) -> Vec<u8> {
        let state = self.0.borrow();
        state.files[state.names[path]].bytes.clone()
    }

    /// Changes a file behind the ledger's back, or makes one.
    pub(crate) fn tamper(&self, path: &str, bytes: Vec<u8>) {
        let mut state = self.0.borrow_mut();
        state.files.push(File { durable: Some(bytes.clone()), bytes });
        let file = state.files.len() - 1;
        state.names.insert(path.to_owned(), file);
        for (at, _) in path.match_indices('/') {
            state.folders.insert(path[..at].to_owned());
        }
    }

    pub(crate) fn delete(&self, path: &str) {
        self.0.borrow_mut().names.remove(path);
    }

    fn step<T>(&self, act: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.0.borrow_mut();
        let broken = || Err(io::Error::other("the disk failed"));
        if state.dead {
            return broken();
        }
        match state.steps_left {
            Some((0, timing)) => {
                state.steps_left = None;
                state.failed = true;
                state.dead = state.dies;
                if timing == Timing::After {
                    act(&mut state)?;
                }
                broken()
            }
            Some((left, timing)) => {
                state.steps_left = Some((left - 1, timing));
                act(&mut state)
            }
            None => act(&mut state),
        }
    }
}

/// A folder on the disk, as storage.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    disk: Disk,
    name: String,
}

impl Root {
    fn path(&self, path: &str) -> String {
        if path.is_empty() { self.name.clone() } else { format!("{}/{path}", self.name) }
    }
}

struct NoLock;

impl Lock for NoLock {}

fn missing() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Storage for Root {
    fn read(&self, path: &str, bytes_max: usize) -> io::Result<Option<Vec<u8>>> {
        let path = self.path(path);
        let state = self.disk.0.borrow();
        let bytes = state.names.get(&path).map(|file| state.files[*file].bytes.clone());
        assert!(bytes.as_ref().is_none_or(|bytes| bytes.len() <= bytes_max));
        Ok(bytes)
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let folder = format!("{}/", self.path(folder));
        let state = self.disk.0.borrow();
        let names: BTreeSet<String> = (state.names.keys())
            .filter_map(|name| name.strip_prefix(&folder))
            .map(|rest| rest.split('/').next().unwrap_or(rest).to_owned())
            .collect();
        Ok(names.into_iter().collect())
    }

    fn make_folder(&self, folder: &str, _access: Access) -> io::Result<()> {
        let folder = self.path(folder);
        self.disk.step(|state| {
            if !parent(&folder).is_empty() && !state.folders.contains(parent(&folder)) {
                return Err(missing());
            }
            state.folders.insert(folder.clone());
            if parent(&folder).is_empty() {
                state.durable_folders.insert(folder);
            }
            Ok(())
        })
    }

    fn write(&self, path: &str, bytes: &[u8], _access: Access) -> io::Result<()> {
        let path = self.path(path);
        self.disk.step(|state| {
            if !state.folders.contains(parent(&path)) {
                return Err(missing());
            }
            state.files.push(File { bytes: bytes.to_vec(), durable: None });
            state.names.insert(path, state.files.len() - 1);
            Ok(())
        })
    }

    fn sync_file(&self, path: &str) -> io::Result<()> {
        let path = self.path(path);
        self.disk.step(|state| {
            let file = *state.names.get(&path).ok_or_else(missing)?;
            state.files[file].durable = Some(state.files[file].bytes.clone());
            Ok(())
        })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let (from, to) = (self.path(from), self.path(to));
        self.disk.step(|state| {
            let file = state.names.remove(&from).ok_or_else(missing)?;
            state.names.insert(to, file);
            Ok(())
        })
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        let folder = self.path(folder);
        self.disk.step(|state| {
            state.durable_names.retain(|name, _| parent(name) != folder);
            let here = state.names.iter().filter(|(name, _)| parent(name) == folder);
            state.durable_names.extend(here.map(|(name, file)| (name.clone(), *file)));
            let inside: Vec<String> = state.folders.iter().filter(|name| parent(name) == folder).cloned().collect();
            state.durable_folders.extend(inside);
            Ok(())
        })
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let path = self.path(path);
        self.disk.step(|state| {
            state.names.remove(&path);
            Ok(())
        })
    }

    fn lock(&self) -> io::Result<Box<dyn Lock + '_>> {
        let root = self.name.clone();
        self.disk.step(|state| {
            state.folders.insert(root.clone());
            state.durable_folders.insert(root);
            Ok(())
        })?;
        Ok(Box::new(NoLock))
    }

    fn is_exposed(&self, _path: &str) -> io::Result<bool> {
        Ok(false)
    }
}
