// SPDX-License-Identifier: Apache-2.0
// IPFIX (RFC 7011), as biflows (RFC 5103) or uniflows.
#pragma once

#include <vector>

#include "export/ipfix_templates.h"
#include "export/template_exporter.h"

namespace weir {

/// BIFLOW: one record for both directions where both have packets. UNIFLOW: one for each.
enum class FlowForm : uint8_t { UNIFLOW, BIFLOW };

/// Sequence numbers count data records of all kinds, by session.
class IpfixExporter final : public TemplateExporter {
 public:
  IpfixExporter(std::unique_ptr<MessageSender> sender, TemplateExporterOptions options,
                FlowForm form);

  void write(const FlowRecord& record) override;

 private:
  [[nodiscard]] const FlowEncoding& encodingFor(const FlowRecord& record,
                                                const IpfixFamily<FlowEncoding>& family) const;
  [[nodiscard]] std::span<const TemplateView> flowTemplates() const override { return flows_; }
  [[nodiscard]] const OptionsTemplates& optionsTemplates() const override;
  [[nodiscard]] std::span<const TemplateView> samplingTemplates(
      SamplingAlgorithm algorithm) const override;
  void putTemplate(const TemplateView& form, uint8_t* to) const override;
  [[nodiscard]] size_t templateBytes(const TemplateView& form) const override;
  void announceMore() override;
  void putHeader() override;
  void sessionBegan() override;

  std::vector<TemplateView> flows_;
  FlowForm form_;
  Depth deepest_;  ///< that encapsulated flows are exported with
  uint32_t sequence_ = 0;
};

}  // namespace weir
