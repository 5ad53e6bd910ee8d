//! How much memory each role has used at most.

use std::collections::BTreeMap;

use super::Scene;

/// Most memory a role may ever have used, in MiB: what a replica is given.
pub const BOUND_MIB: u64 = 512;

/// Most memory used, in MiB, by role, over all its processes.
pub type Peaks = BTreeMap<String, u64>;

impl Scene {
    /// Looks at every role that runs.
    pub fn note_peaks(&mut self) {
        let seen: Vec<(String, u64)> = self
            .roles()
            .filter_map(|role| Some((role.name().to_owned(), peak(role.pid()?)?)))
            .collect();
        for (name, mib) in seen {
            let peak = self.peaks.entry(name).or_default();
            *peak = mib.max(*peak);
        }
    }
}

/// Peak resident memory of a process, in MiB.
fn peak(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    high_water_mark(&status)
}

fn high_water_mark(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib.div_ceil(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_water_mark_is_read_as_the_kernel_writes_it() {
        assert_eq!(
            high_water_mark("VmPeak:\t9 kB\nVmHWM:\t   10241 kB\n"),
            Some(11)
        );
        assert_eq!(high_water_mark("VmRSS:\t 1 kB\n"), None);
    }
}
