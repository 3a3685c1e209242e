// The words around a diagram, in the language of the page. English is the key.
const HANS = {
  'Zoom in': '放大',
  'Zoom out': '缩小',
  'Whole diagram': '显示全图',
  'The diagram could not be loaded. Please reload the page.': '流程图无法加载，请刷新页面。',
  'Diagram': '流程图',
  'active': '进行中',
  'done': '已完成',
  'incident': '异常',
  'overdue': '已超期',
};
const HANT = {
  'Zoom in': '放大',
  'Zoom out': '縮小',
  'Whole diagram': '顯示全圖',
  'The diagram could not be loaded. Please reload the page.': '流程圖無法載入，請重新整理頁面。',
  'Diagram': '流程圖',
  'active': '進行中',
  'done': '已完成',
  'incident': '異常',
  'overdue': '已逾期',
};
const WORDS = { zh_Hans: HANS, zh_Hant: HANT, 'zh-Hans': HANS, 'zh-Hant': HANT };

export const sayIn = (language) => (text) => WORDS[language]?.[text] ?? text;
