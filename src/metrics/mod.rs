//! Counting what happens, cheaply, and the text form that Prometheus reads.
//!
//! Knows numbers and names. It does not know what is counted.

mod exposition;
mod histogram;
mod process;
mod requests;

pub use exposition::{Exposition, Kind};
pub use histogram::Histogram;
pub use process::process;
pub use requests::Requests;
