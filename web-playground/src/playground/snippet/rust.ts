import { type Call, type HeaderLine, json } from "./call";

/** reqwest and serde_json; a subscription comes as server-sent events. */
export function rust({ address, query, variables, isSubscription, headers }: Call): string {
  const accept = isSubscription ? `\n        .header("accept", "text/event-stream")` : "";
  return `// cargo add reqwest --features json && cargo add serde_json && cargo add tokio --features full
use serde_json::{Value, json};

const QUERY: &str = ${raw(query)};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let variables: Value = serde_json::from_str(${raw(json(variables))})?;
    let ${isSubscription ? "mut " : ""}response = reqwest::Client::new()
        .post(${JSON.stringify(address)})${accept}
${headers.map(line).join("\n")}
        .json(&json!({"query": QUERY, "variables": variables}))
        .send()
        .await?;
${isSubscription ? PRINT_EVENTS : PRINT_ANSWER}    Ok(())
}
`;
}

const PRINT_ANSWER = '    println!("{:#}", response.json::<Value>().await?);\n';
const PRINT_EVENTS = `    while let Some(chunk) = response.chunk().await? {
        print!("{}", String::from_utf8_lossy(&chunk));
    }
`;

function line({ name, text, variable }: HeaderLine): string {
  const value = variable ? `format!("${text}{}", std::env::var("${variable}")?)` : JSON.stringify(text);
  return `        .header("${name}", ${value})`;
}

/** A raw string with as many number signs as the text needs. */
function raw(text: string): string {
  const longest = Math.max(0, ...(text.match(/"#*/g) ?? []).map((found) => found.length));
  const signs = "#".repeat(Math.max(1, longest));
  return `r${signs}"\n${text.trim()}\n"${signs}`;
}
