//! palisade source
