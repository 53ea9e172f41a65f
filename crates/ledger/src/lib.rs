//! palisade ledger
