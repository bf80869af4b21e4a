// SPDX-License-Identifier: MIT
// Whether a value is an instance of a JSON schema: the keywords that grammars enforce, read apart
// from the code that makes grammars.
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QRegularExpression>
#include <QStringList>

#include <limits>

namespace atelier::test {

class JsonValidator
{
public:
    explicit JsonValidator(const QJsonValue& root) : m_root(root) {}

    bool accepts(const QJsonValue& value) const { return accepts(value, m_root); }

private:
    bool accepts(const QJsonValue& value, const QJsonValue& schemaValue) const
    {
        if (schemaValue.isBool()) {
            return schemaValue.toBool();
        }
        const QJsonObject schema = schemaValue.toObject();
        if (schema.contains("$ref")) {
            return accepts(value, resolve(schema["$ref"].toString()));
        }
        return hasType(value, schema["type"]) && isChosen(value, schema) &&
               fitsCombination(value, schema) && (!value.isString() || fitsString(value, schema)) &&
               (!value.isDouble() || fitsLimits(value.toDouble(), schema)) &&
               (!value.isArray() || fitsArray(value.toArray(), schema)) &&
               (!value.isObject() || fitsObject(value.toObject(), schema));
    }

    QJsonValue resolve(const QString& pointer) const
    {
        QJsonValue place = m_root;
        for (const QString& key : pointer.mid(1).split('/', Qt::SkipEmptyParts)) {
            place = place.isArray() ? place.toArray()[key.toInt()] : place.toObject()[key];
        }
        return place;
    }

    static bool hasType(const QJsonValue& value, const QJsonValue& type)
    {
        if (type.isUndefined()) {
            return true;
        }
        if (type.isArray()) {
            const QJsonArray types = type.toArray();
            return std::any_of(
                types.begin(), types.end(), [&](const auto& one) { return hasType(value, one); });
        }
        const QString name = type.toString();
        return (name == "null" && value.isNull()) || (name == "boolean" && value.isBool()) ||
               (name == "number" && value.isDouble()) || (name == "string" && value.isString()) ||
               (name == "array" && value.isArray()) || (name == "object" && value.isObject()) ||
               (name == "integer" && value.isDouble() &&
                   value.toDouble() == std::floor(value.toDouble()));
    }

    static bool isChosen(const QJsonValue& value, const QJsonObject& schema)
    {
        return (!schema.contains("const") || schema["const"] == value) &&
               (!schema.contains("enum") || schema["enum"].toArray().contains(value));
    }

    bool fitsCombination(const QJsonValue& value, const QJsonObject& schema) const
    {
        for (const char* keyword : {"anyOf", "oneOf", "allOf"}) {
            const QJsonArray options = schema[QLatin1String(keyword)].toArray();
            const bool any = std::any_of(options.begin(), options.end(), [&](const auto& option) {
                return accepts(value, option);
            });
            if (!options.isEmpty() && !any) {
                return false;
            }
        }
        return true;
    }

    static bool fitsString(const QJsonValue& value, const QJsonObject& schema)
    {
        const auto length = value.toString().toUcs4().size();
        const QRegularExpression pattern(schema["pattern"].toString());
        return length >= schema["minLength"].toInt(0) &&
               length <= schema["maxLength"].toInt(INT_MAX) &&
               (!schema.contains("pattern") || pattern.match(value.toString()).hasMatch());
    }

    static bool fitsLimits(double value, const QJsonObject& schema)
    {
        const auto limit = [&schema](const char* keyword, double without) {
            return schema[QLatin1String(keyword)].toDouble(without); // draft 4 has bools here
        };
        const double infinity = std::numeric_limits<double>::infinity();
        const bool aboveLeast = schema["exclusiveMinimum"].toBool()
                                    ? value > limit("minimum", -infinity)
                                    : value >= limit("minimum", -infinity);
        const bool belowMost = schema["exclusiveMaximum"].toBool()
                                   ? value < limit("maximum", infinity)
                                   : value <= limit("maximum", infinity);
        return aboveLeast && belowMost && value > limit("exclusiveMinimum", -infinity) &&
               value < limit("exclusiveMaximum", infinity);
    }

    bool fitsArray(const QJsonArray& array, const QJsonObject& schema) const
    {
        const QJsonArray tuple = schema["prefixItems"].toArray();
        for (qsizetype i = 0; i < array.size(); ++i) {
            const QJsonValue item = i < tuple.size() ? tuple[i] : schema["items"];
            if (!item.isUndefined() && !accepts(array[i], item)) {
                return false;
            }
        }
        return array.size() >= schema["minItems"].toInt(0) &&
               array.size() <= schema["maxItems"].toInt(INT_MAX);
    }

    bool fitsObject(const QJsonObject& object, const QJsonObject& schema) const
    {
        for (const QJsonValue& name : schema["required"].toArray()) {
            if (!object.contains(name.toString())) {
                return false;
            }
        }
        const QJsonObject declared = schema["properties"].toObject();
        for (auto it = object.begin(); it != object.end(); ++it) {
            const bool known = declared.contains(it.key());
            const QJsonValue of = known ? declared[it.key()] : schema["additionalProperties"];
            if (!of.isUndefined() && !accepts(it.value(), of)) {
                return false;
            }
        }
        return true;
    }

    QJsonValue m_root;
};

} // namespace atelier::test
