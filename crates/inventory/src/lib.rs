//! palisade inventory
