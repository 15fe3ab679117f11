export { type CampaignView, campaignView, reportView } from "./campaign-view.ts";
export { csvHead, csvRow } from "./csv-row.ts";
export { type MessageView, messageView } from "./message-view.ts";
export { renderedText } from "./rendered-text.ts";
export { type RouteLimit, requestLimitText } from "./route-limit.ts";
export { type SearchExportFormat, searchExportColumns, searchExportFormats, writeSearch } from "./search-export.ts";
