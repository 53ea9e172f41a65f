//! palisade gate
