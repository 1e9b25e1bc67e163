// SPDX-License-Identifier: Apache-2.0
// NetFlow version 9 (RFC 3954) with application names (RFC 6759).
#pragma once

#include "export/template_exporter.h"

namespace weir {

/// Both directions of a biflow leave as records of their own. Sequence numbers count messages.
class Netflow9Exporter final : public TemplateExporter {
 public:
  Netflow9Exporter(std::unique_ptr<MessageSender> sender, TemplateExporterOptions options);

  void write(const FlowRecord& record) override;

 private:
  [[nodiscard]] std::span<const TemplateView> flowTemplates() const override;
  [[nodiscard]] const OptionsTemplates& optionsTemplates() const override;
  [[nodiscard]] std::span<const TemplateView> samplingTemplates(
      SamplingAlgorithm algorithm) const override;
  void putTemplate(const TemplateView& form, uint8_t* to) const override;
  [[nodiscard]] size_t templateBytes(const TemplateView& form) const override;
  void putHeader() override;
  void sessionBegan() override;

  uint32_t sequence_ = 0;
};

}  // namespace weir
