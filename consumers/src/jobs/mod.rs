//! Background jobs of the platform that need no request. Started by the API servers, or by the role `jobs`.

mod message_jobs;

pub use message_jobs::{MessageJobs, Options, Ports};
