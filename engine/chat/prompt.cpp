// SPDX-License-Identifier: MIT
#include "engine/chat/prompt.h"

#include "engine/base/text.h"

#include <algorithm>
#include <string_view>

namespace atelier {

namespace {

bool areKnown(std::span<const int32_t> ids, const Tokenizer& tokenizer)
{
    return std::ranges::all_of(
        ids, [&tokenizer](int32_t id) { return id >= 0 && id < tokenizer.vocabSize(); });
}

void appendInk(std::string_view text, std::string& out)
{
    std::ranges::copy_if(text, std::back_inserter(out), [](char c) {
        return c != ' ' && c != '\n' && c != '\t' && c != '\r';
    });
}

// The pieces from `begin` on that belong to the message of that piece: its text and, between the
// calls of several tools, control tokens.
size_t endOfMessage(std::span<const PromptPiece> pieces, size_t begin)
{
    size_t end = begin + 1;
    for (size_t at = end; at < pieces.size(); ++at) {
        if (pieces[at].control) {
            continue;
        }
        if (pieces[at].message != pieces[begin].message) {
            break;
        }
        end = at + 1;
    }
    return end;
}

bool saysTheSame(
    std::span<const PromptPiece> pieces, std::span<const int32_t> reply, const Tokenizer& tokenizer)
{
    std::string prompted;
    for (const PromptPiece& piece : pieces) {
        appendInk(piece.control ? std::string_view() : piece.text, prompted);
    }
    std::string written;
    Utf8Stream characters; // as replies are shown: what is no character became U+FFFD
    for (const int32_t id : reply) {
        if (!tokenizer.isControl(id)) {
            appendInk(characters.push(tokenizer.tokenBytes(id)), written);
        }
    }
    appendInk(characters.finish(), written);
    return prompted == written;
}

class Encoder
{
public:
    explicit Encoder(const Tokenizer& tokenizer) : m_tokenizer(tokenizer) {}

    void addText(std::string_view text) { m_text += text; }
    void addIds(std::span<const int32_t> ids)
    {
        flush();
        m_ids.insert(m_ids.end(), ids.begin(), ids.end());
    }
    std::vector<int32_t> take()
    {
        flush();
        return std::move(m_ids);
    }

private:
    void flush()
    {
        const auto encoded = m_tokenizer.encode(m_text, SpecialTokens::AsText);
        m_ids.insert(m_ids.end(), encoded.begin(), encoded.end());
        m_text.clear();
    }

    const Tokenizer& m_tokenizer;
    std::vector<int32_t> m_ids;
    std::string m_text; // neighboring pieces of text are one text to the tokenizer
};

} // namespace

std::string promptText(std::span<const PromptPiece> pieces)
{
    std::string text;
    for (const PromptPiece& piece : pieces) {
        text += piece.text;
    }
    return text;
}

Result<std::vector<int32_t>> encodePrompt(std::span<const PromptPiece> pieces,
    const Tokenizer& tokenizer,
    std::span<const std::vector<int32_t>> replyTokens)
{
    Encoder encoder(tokenizer);
    for (size_t at = 0; at < pieces.size(); ++at) {
        const PromptPiece& piece = pieces[at];
        if (piece.control) {
            const auto id = tokenizer.find(piece.text);
            if (!id) {
                return Error{ErrorCode::InvalidFormat,
                    "The model's vocabulary has no control token " + shownName(piece.text) +
                        ", which its prompt format needs."};
            }
            encoder.addIds({&*id, 1});
            continue;
        }
        const bool hasReply = piece.message >= 0 && size_t(piece.message) < replyTokens.size() &&
                              !replyTokens[size_t(piece.message)].empty();
        if (hasReply) {
            const auto& reply = replyTokens[size_t(piece.message)];
            const size_t end = endOfMessage(pieces, at);
            if (areKnown(reply, tokenizer) &&
                saysTheSame(pieces.subspan(at, end - at), reply, tokenizer)) {
                encoder.addIds(reply);
                at = end - 1;
                continue;
            }
        }
        encoder.addText(piece.text);
    }
    return encoder.take();
}

} // namespace atelier
