//! Which dead letters.

use connector_domain::id::ClientId;

use super::letter::Heading;

/// What a letter must be; everything where nothing is set.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this device.
    pub client_id: Option<ClientId>,
    /// Its error holds this text, case ignored.
    pub error: Option<String>,
}

impl Filter {
    pub(super) fn passes(&self, heading: &Heading) -> bool {
        let of_device = self
            .client_id
            .as_ref()
            .is_none_or(|wanted| heading.client_id.as_deref() == Some(wanted.as_str()));
        let with_error = self.error.as_ref().is_none_or(|wanted| {
            let error = heading.error.to_lowercase();
            error.contains(&wanted.to_lowercase())
        });
        of_device && with_error
    }
}
