//! The object store of a repository: its packs, its loose objects and those it borrows.
