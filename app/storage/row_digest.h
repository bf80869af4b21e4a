// SPDX-License-Identifier: MIT
// The checksum kept with each row, so that a page a disk got wrong is noticed when it is read.
#pragma once

#include "app/storage/stored_chat.h"

#include <QByteArray>

namespace atelier {

QByteArray rowDigest(const StoredChat& chat);       // 8 bytes
QByteArray rowDigest(const StoredMessage& message); // without `selected` and `damaged`
QByteArray rowDigest(const StoredVersion& version); // without `damaged`
QByteArray rowDigest(const StoredArtifact& artifact);

} // namespace atelier
