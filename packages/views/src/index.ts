export { type CampaignView, campaignView, reportView } from "./campaign-view.ts";
export { type MessageView, messageView } from "./message-view.ts";
export { renderedText } from "./rendered-text.ts";
