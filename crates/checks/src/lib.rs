//! palisade checks
