/**
 * The sign-up form in the editor: a stand-in, and the choice between the form and a button.
 */
( function ( blocks, element, blockEditor, components, i18n ) {
	'use strict';
	var el = element.createElement;
	var __ = i18n.__;

	blocks.registerBlockType( 'reprise/signup', {
		edit: function ( props ) {
			var isPopup = props.attributes.mode === 'popup';
			return el(
				element.Fragment,
				null,
				el(
					blockEditor.InspectorControls,
					null,
					el(
						components.PanelBody,
						{ title: __( 'Settings', 'reprise-for-woocommerce' ) },
						el( components.ToggleControl, {
							label: __( 'A button at the edge that opens the form', 'reprise-for-woocommerce' ),
							checked: isPopup,
							onChange: function ( isOn ) {
								props.setAttributes( { mode: isOn ? 'popup' : 'inline' } );
							},
						} )
					)
				),
				el(
					'div',
					blockEditor.useBlockProps(),
					el( components.Placeholder, {
						icon: 'email',
						label: __( 'Reprise sign-up form', 'reprise-for-woocommerce' ),
						instructions: window.repriseSignup.isConnected
							? __( 'Visitors see the form here, with the words that are written in Reprise under Settings, Sign-up form. It is shown once it is switched on there.', 'reprise-for-woocommerce' )
							: __( 'Connect your store with Reprise first: until then nothing is shown here.', 'reprise-for-woocommerce' ),
					} )
				)
			);
		},
		save: function () {
			return null;
		},
	} );
} )( window.wp.blocks, window.wp.element, window.wp.blockEditor, window.wp.components, window.wp.i18n );
