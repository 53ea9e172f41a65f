//! palisade report
