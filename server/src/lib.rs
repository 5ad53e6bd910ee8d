//! The cloud-connector binary.
