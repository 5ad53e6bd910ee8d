//! The machine, in a few words: a number without it says nothing.

/// Processors and memory.
pub fn description() -> String {
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let model = field("/proc/cpuinfo", "model name").unwrap_or_default();
    let memory = field("/proc/meminfo", "MemTotal").and_then(|text| {
        let kib: u64 = text.trim_end_matches("kB").trim().parse().ok()?;
        Some(format!(", {} GiB", kib.div_ceil(1024 * 1024)))
    });
    let memory = memory.unwrap_or_default();
    format!("{processors} processors ({model}){memory}")
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
