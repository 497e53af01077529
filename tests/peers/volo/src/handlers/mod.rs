//! The handlers; what each method does is said in the IDL.

pub mod caller;
pub mod echo;
pub mod probe;
