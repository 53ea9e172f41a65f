//! Model and AI providers: formats and sources are on the page `ai.md`.

use super::super::detector::{Detector, Provider};

const AI: Provider =
    Provider { page: include_str!("ai.md"), advice: "revoke it in the API key settings of the provider named above" };

pub(in crate::secrets) static DETECTORS: &[Detector] = &[
    AI.keyed("secrets/huggingface-token", "Hugging Face access token", &["hf_", "hugging"], r"hf_[0-9A-Za-z]{34}")
        .critical(),
    AI.token(
        "secrets/huggingface-organization-token",
        "Hugging Face organisation token",
        &["api_org_"],
        r"api_org_[0-9A-Za-z]{34}",
    )
    .critical(),
    AI.keyed("secrets/cohere-api-key", "Cohere API key", &["cohere", "co_api_key"], r"[0-9A-Za-z]{40}").entropy(4.0),
    AI.keyed("secrets/replicate-api-token", "Replicate API token", &["replicate", "r8_"], r"r8_[0-9A-Za-z]{37}")
        .critical(),
    AI.token("secrets/groq-api-key", "Groq API key", &["gsk_"], r"gsk_[0-9A-Za-z]{52}").critical(),
    AI.token("secrets/xai-api-key", "xAI API key", &["xai-"], r"xai-[0-9A-Za-z]{80}").critical(),
    AI.token("secrets/perplexity-api-key", "Perplexity API key", &["pplx-"], r"pplx-[0-9A-Za-z]{48}").critical(),
    AI.keyed("secrets/deepseek-api-key", "DeepSeek API key", &["deepseek"], r"sk-[0-9a-f]{32}").critical(),
    AI.keyed("secrets/mistral-api-key", "Mistral API key", &["mistral"], r"[0-9A-Za-z]{32}").entropy(3.9),
    AI.keyed(
        "secrets/together-api-key",
        "Together AI API key",
        &["together"],
        r"[0-9a-f]{64}|tgp_v1_[0-9A-Za-z_-]{43}",
    ),
    AI.token("secrets/openrouter-api-key", "OpenRouter API key", &["sk-or-v1-"], r"sk-or-v1-[0-9a-f]{64}").critical(),
    AI.keyed("secrets/wandb-api-key", "Weights & Biases API key", &["wandb"], r"[0-9a-f]{40}"),
    AI.token("secrets/pinecone-api-key", "Pinecone API key", &["pcsk_"], r"pcsk_[0-9A-Za-z]{5,6}_[0-9A-Za-z]{63}")
        .critical(),
    AI.token(
        "secrets/langsmith-api-key",
        "LangSmith API key",
        &["lsv2_pt_", "lsv2_sk_"],
        r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}",
    )
    .critical(),
    AI.keyed("secrets/stability-api-key", "Stability AI API key", &["stability", "dreamstudio"], r"sk-[0-9A-Za-z]{48}"),
    AI.keyed(
        "secrets/elevenlabs-api-key",
        "ElevenLabs API key",
        &["elevenlabs", "eleven_", "xi-api-key", "xi_api_key"],
        r"sk_[0-9a-f]{48}|[0-9a-f]{32}",
    ),
    AI.keyed("secrets/assemblyai-api-key", "AssemblyAI API key", &["assemblyai"], r"[0-9a-f]{32}"),
    AI.keyed("secrets/deepgram-api-key", "Deepgram API key", &["deepgram"], r"[0-9a-f]{40}"),
    AI.token("secrets/cerebras-api-key", "Cerebras API key", &["csk-"], r"csk-[0-9a-z]{48}"),
    AI.token("secrets/nvidia-api-key", "NVIDIA API key", &["nvapi-"], r"nvapi-[0-9A-Za-z_-]{64}").critical(),
    AI.token("secrets/jina-api-key", "Jina AI API key", &["jina_"], r"jina_[0-9a-f]{32}[0-9A-Za-z_-]{28}"),
    AI.token("secrets/tavily-api-key", "Tavily API key", &["tvly-"], r"tvly-(?:dev-|prod-)?[0-9A-Za-z]{32}"),
    AI.token(
        "secrets/langfuse-secret-key",
        "Langfuse secret key",
        &["sk-lf-"],
        r"sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
];
