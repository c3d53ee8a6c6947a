export { default as CustomerPanel } from './parts/CustomerPanel.vue'
