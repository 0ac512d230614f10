//! The words that lead to places worth judging, as data, and the one pass that finds them.

use std::sync::LazyLock;

use super::sieve::Sieve;

/// What a word may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lead {
    /// The beginning of a provider's key.
    Token,
    /// A block with a private key.
    PrivateKey,
    /// An address with a scheme that takes a password.
    Connection,
    /// "Ignore all …", "you are now …".
    Override,
    /// "Do not tell the user", "secretly".
    Concealment,
    /// A program that fetches from the network.
    Fetch,
    /// Something that turns text into a program.
    Evaluate,
    /// Something that decodes.
    Decode,
    /// A shell that calls home.
    ReverseShell,
    /// A file with credentials, or the whole environment.
    Credentials,
    /// An address that hides where it leads.
    Address,
    /// A call that runs a command line.
    ShellCall,
    /// A change of services, schedules, start-up files or the registry.
    Service,
    /// A movement of money.
    Money,
}

/// Every word with what it leads to. Of three or four letters only the beginnings of words are found.
const WORDS: &[(Lead, &[&str])] = &[
    (
        Lead::Token,
        &[
            "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-",
            "xapp-", "hooks.slack.com/services/", "sk-ant-", "sk-proj-", "sk-svcacct-", "T3BlbkFJ", "sk_live_", "rk_live_", "AIza",
            "GOCSPX-", "SG.", "npm_", "pypi-AgEI", "hf_", "dop_v1_", "dapi", "/api/webhooks/", "shpat_", "lin_api_", "hvs.", "sbp_",
            "gsk_", "pplx-", "xai-", "AccountKey=", "AGE-SECRET-KEY-1", "pul-", "figd_", "ntn_", "PMAK-", "dp.pt.", "sntrys_",
        ],
    ),
    (Lead::PrivateKey, &["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----"]),
    (
        Lead::Connection,
        &[
            "postgres://", "postgresql://", "postgresql+", "mysql://", "mysql+", "mariadb://", "mongodb://", "mongodb+srv://", "redis://",
            "rediss://", "amqp://", "amqps://", "sqlserver://", "mssql+", "clickhouse://", "ftp://", "sftp://", "smtp://", "smtps://",
        ],
    ),
    (
        Lead::Override,
        &[
            "ignore previous", "ignore all", "ignore any", "ignore prior", "ignore your", "ignore the ", "ignore every", "ignore earlier",
            "disregard", "forget all", "forget your", "forget previous", "forget everything", "override your", "override all",
            "overrides all", "override any", "override the system", "bypass your", "bypass all", "you are now", "no longer bound",
            "without restrictions", "unrestricted mode", "reveal your", "print your system", "reveal the system", "<|im_start|>",
            "<<sys>>", "<|system|>",
        ],
    ),
    (
        Lead::Concealment,
        &[
            "tell the user", "telling the user", "inform the user", "informing the user", "notify the user", "notifying the user",
            "alert the user", "alerting the user", "letting the user know", "user's knowledge", "user’s knowledge", "users' knowledge",
            "to the user", "from the user", "secretly", "covertly", "surreptitiously", "tell users", "telling users",
        ],
    ),
    (
        Lead::Fetch,
        &[
            "curl ", "wget ", "iwr http", "irm http", "iwr -", "irm -", "invoke-webrequest", "invoke-restmethod", "downloadstring",
            "mshta http", "requests.get(", "urlopen(", "httpx.get(",
        ],
    ),
    (
        Lead::Evaluate,
        &["exec(", "eval(", "new function(", "| iex", "|iex", "invoke-expression", "eval \"", "eval '", "eval $"],
    ),
    (
        Lead::Decode,
        &[
            "base64 -d", "base64 --d", "b64decode", "atob(", "'base64'", "\"base64\"", "frombase64string", "-encodedcommand", "-enc ",
            "xxd -r", "unhexlify", "bytes.fromhex", "marshal.loads", "zlib.decompress", "openssl enc -d", "fromcharcode",
        ],
    ),
    (
        Lead::ReverseShell,
        &["/dev/tcp/", "/dev/udp/", "nc -e", "ncat -e", "nc -c", "pty.spawn", "mkfifo /tmp", "socat exec", "socat tcp", ".fileno(),"],
    ),
    (
        Lead::Credentials,
        &[
            ".ssh/", ".aws/credentials", ".git-credentials", ".gnupg", "generic-password", "internet-password", "login data",
            "logins.json", "key4.db", "/etc/shadow", "bash_history", "zsh_history", "id_rsa", "id_ed25519", "wallet.dat", "printenv",
            "(os.environ)", "stringify(process.env)", "os.environ.items", "$(env)", "env | ", "gcloud/credentials", ".azure/",
            "application_default_credentials", ".config/gh/hosts", ".netrc", "cat .env", "@.env", ".pypirc", ".kube/config", ".docker/config.json",
            "../etc/",
        ],
    ),
    (
        Lead::Address,
        &[
            "//bit.ly/", "//tinyurl.com/", "//t.co/", "//goo.gl/", "//is.gd/", "//ow.ly/", "//rb.gy/", "//cutt.ly/", "//shorturl.at/",
            "//t.ly/", "//v.gd/", "//buff.ly/", "//rebrand.ly/", "//s.id/", "//tiny.cc/", "//bl.ink/",
            "http://1", "http://2", "http://3", "http://4", "http://5", "http://6", "http://7", "http://8", "http://9", "https://1",
            "https://2", "https://3", "https://4", "https://5", "https://6", "https://7", "https://8", "https://9",
            "pastebin.com/", "transfer.sh/", "//file.io/", "//0x0.st/", "catbox.moe/", "gofile.io/", "//temp.sh/", "rentry.co/",
            "glot.io/", "hastebin.com/", "paste.ee/", "webhook.site/", "requestbin.", "pipedream.net", ".oast.", "anonfiles.com/",
            "bashupload.com/", "termbin.com/", "ghostbin.", "dpaste.", "mediafire.com/", "mega.nz/", "//ix.io/", "//sprunge.us/",
        ],
    ),
    (
        Lead::ShellCall,
        &["shell=true", "shell = true", "os.system(", "os.popen(", "execsync(", "child_process", "commands.getoutput("],
    ),
    (
        Lead::Service,
        &[
            "systemctl ", "launchctl ", "crontab ", "reg add", "schtasks", "sc create", "sc.exe create", "/etc/sudoers",
            ">> ~/.bashrc", ">> ~/.zshrc", ">> ~/.profile", ">> ~/.bash_profile", ">> $home/.", "update-rc.d", "set-itemproperty",
            "new-service", "launchagents", "launchdaemons", "/etc/rc.local", "authorized_keys", "/etc/ld.so.preload",
        ],
    ),
    (
        Lead::Money,
        &[
            "transfer funds", "wire transfer", "send payment", "make a payment", "place an order", "place order", "place_order",
            "place_market_order", "create_order(", "submit_order(", "market order", "sendtransaction", "send_transaction",
            "charges.create", "paymentintents.create", "payouts.create", "transfers.create", "execute trade", "execute the trade",
            "buy or sell", "swap tokens", "withdraw funds",
        ],
    ),
];

static SIEVE: LazyLock<Sieve<Lead>> = LazyLock::new(|| {
    let words = WORDS.iter();
    Sieve::new(words.flat_map(|(lead, words)| words.iter().map(move |word| (*word, *lead))))
});

/// Every place a word leads to, in ascending order.
pub fn find(text: &str) -> Vec<(Lead, usize)> {
    let mut found = Vec::new();
    SIEVE.scan(text, |&lead, at| found.push((lead, at)));
    found.sort_unstable_by_key(|&(lead, at)| (at, lead));
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_word_can_be_found_and_stands_once() {
        let mut seen = BTreeSet::new();
        for (lead, words) in WORDS {
            for word in *words {
                assert!(seen.insert(word.to_lowercase()), "{word} stands twice");
                let text = format!("x {word}a");
                assert!(find(&text).contains(&(*lead, 2)), "{word}");
            }
        }
    }
}
