export { turned } from './filter'
export { filterFor, listFor } from './list'
export { default as ViewBar } from './parts/ViewBar.vue'
export { default as ViewsMenu } from './parts/ViewsMenu.vue'
