//! What a scan may ask of the outside, which only the caller can reach: other files, programs that render.

/// What checks across files may ask of the outside.
#[derive(Clone, Copy)]
pub struct Host<'a> {
    /// Bytes of another file of the target, by path; `None` when there is none.
    pub read: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    /// Programs that render, when there are any.
    pub renderer: Option<&'a dyn Renderer>,
    /// Whether the files are all that the target holds, so that what is not among them is missing.
    pub whole: bool,
}

/// The namespace that charts are rendered into; it stands for whichever is chosen when the chart is installed.
pub const RELEASE_NAMESPACE: &str = "release-namespace";

/// Programs that render what cannot be read as it stands. Folders are paths within the target.
pub trait Renderer {
    /// The manifests of the chart in `folder`, as `helm template` gives them.
    ///
    /// # Errors
    /// What the program says when it fails, or why there is none.
    fn chart(&self, folder: &str) -> Result<String, String>;

    /// The same with files, by path within the target, as if they were what is given.
    ///
    /// # Errors
    /// As [`Renderer::chart`]; or why no copy of the chart could be made.
    fn chart_with(&self, folder: &str, changed: &[(&str, &[u8])]) -> Result<String, String>;

    /// The manifests of the kustomization in `folder`. Called only when it asks for nothing remote.
    ///
    /// # Errors
    /// What the program says when it fails, or why there is none.
    fn kustomization(&self, folder: &str) -> Result<String, String>;
}

impl<'a> Host<'a> {
    /// A host that reads files of some part of a target and runs nothing.
    #[must_use]
    pub fn reading(read: &'a dyn Fn(&str) -> Option<Vec<u8>>) -> Self {
        Self { read, renderer: None, whole: false }
    }
}
